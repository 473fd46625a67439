/** Certificates for tests: an authority of their own, and whatever it is to sign, made by openssl. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Issued {
  /** PEM text, and where it lies. */
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

export interface IssueOptions {
  readonly names?: readonly string[]
  readonly subject?: string
  readonly algorithm?: 'ec' | 'rsa'
  /** From now; negative for one that has ended. */
  readonly days?: number
}

export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'portcullis-ca-'))
  #count = 0

  constructor(commonName = 'Test Authority') {
    openssl(
      this.folder,
      [
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30',
        `-keyout ca.key -out ca.pem`,
      ],
      ['-subj', `/CN=${commonName}`],
    )
    writeFileSync(join(this.folder, 'index.txt'), '')
    for (const counter of ['crlnumber', 'serial']) writeFileSync(join(this.folder, counter), '01\n')
    writeFileSync(
      join(this.folder, 'ca.cnf'),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=30\ncertificate=ca.pem\nprivate_key=ca.key\nnew_certs_dir=.\nserial=serial\nunique_subject=no\npolicy=any\n[any]\ncommonName=supplied\n`,
    )
  }

  get certFile(): string {
    return join(this.folder, 'ca.pem')
  }

  get cert(): string {
    return readFileSync(this.certFile, 'utf8')
  }

  issue({ names = ['gw.test'], subject, algorithm = 'ec', days = 20 }: IssueOptions = {}): Issued {
    const id = `c${++this.#count}`
    const kind =
      algorithm === 'ec'
        ? 'ec -pkeyopt ec_paramgen_curve:prime256v1'
        : 'rsa -pkeyopt rsa_keygen_bits:2048'
    openssl(
      this.folder,
      [`req -new -newkey ${kind} -nodes -keyout ${id}.key -out ${id}.csr`],
      ['-subj', `/CN=${subject ?? names[0] ?? 'nobody'}`],
    )
    const san = names.map((name) => `${/^[\d.]+$|:/.test(name) ? 'IP' : 'DNS'}:${name}`).join(',')
    writeFileSync(
      join(this.folder, `${id}.ext`),
      `${san === '' ? '' : `subjectAltName=${san}\n`}basicConstraints=CA:FALSE\n`,
    )
    const [from, to] = days > 0 ? [-1, days] : [days - 1, days]
    openssl(this.folder, [
      `ca -batch -notext -config ca.cnf -in ${id}.csr -extfile ${id}.ext -out ${id}.pem`,
      `-startdate ${stamp(from)} -enddate ${stamp(to)}`,
    ])
    return this.#read(id)
  }

  /** A list of what is revoked: these, and all before. */
  revoke(...issued: readonly Issued[]): string {
    for (const { certFile } of issued)
      openssl(this.folder, [`ca -config ca.cnf -revoke ${certFile}`])
    openssl(this.folder, ['ca -config ca.cnf -gencrl -out ca.crl'])
    return readFileSync(join(this.folder, 'ca.crl'), 'utf8')
  }

  #read(id: string): Issued {
    const certFile = join(this.folder, `${id}.pem`)
    const keyFile = join(this.folder, `${id}.key`)
    return {
      certFile,
      keyFile,
      cert: readFileSync(certFile, 'utf8'),
      key: readFileSync(keyFile, 'utf8'),
    }
  }
}

function stamp(days: number): string {
  const date = new Date(Date.now() + days * 86_400_000)
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
}

function openssl(cwd: string, words: readonly string[], more: readonly string[] = []): void {
  const args = words.join(' ').split(' ').concat(more)
  const { status, stderr } = spawnSync('openssl', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`)
}
