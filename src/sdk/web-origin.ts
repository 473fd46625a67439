/** Origins of web pages, as browsers write them (Fetch: serializing a request origin). */

/** Lower case, no path, no port that goes without saying. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}
