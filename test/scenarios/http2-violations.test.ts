import { test } from 'node:test'
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  frame,
  Frame,
  hpack,
  PADDED,
  PRIORITY,
  setting,
} from '../kit/h2-frames.ts'
import {
  ALL,
  block,
  data,
  get,
  headers,
  held,
  many,
  more,
  padded,
  pieces,
  ping,
  post,
  preferred,
  priority,
  reset,
  settings,
  widen,
} from '../kit/h2-moves.ts'
import { prove, row } from '../kit/h2-violations.ts'

const MAX_WINDOW = 2 ** 31 - 1
const LARGE = 'x'.repeat(16_385)

test('RFC 9113 §4.1, §4.2: frames that cannot be end the connection, those that are unknown do nothing', (t) =>
  prove(t, [
    row('DATA larger than allowed', 'GOAWAY 6', post(1), data(1, 0, LARGE)),
    row('HEADERS larger than allowed', 'GOAWAY 6', headers(ALL, 1, LARGE)),
    row('SETTINGS larger than allowed', 'GOAWAY 6', frame(Frame.settings, 0, 0, LARGE)),
    row('an unknown frame larger than allowed', 'GOAWAY 6', frame(77, 0, 0, LARGE)),
    row('a frame of the largest size', 'fine', post(1), data(1, END_STREAM, 'x'.repeat(16_384)), 1),
    row('an unknown frame', 'fine', frame(22, 255, 0, 'abc'), frame(23, 255, 1, 'abc')),
    row('flags that mean nothing', 'fine', frame(Frame.ping, 0xfe, 0, '12345678')),
    row('the reserved bit of a stream', 'fine', frame(77, 0, 0x8000_0001, '')),
    row('a short PRIORITY', 'GOAWAY 6', frame(Frame.priority, 0, 1, 'abcd')),
    row('a short RST_STREAM', 'GOAWAY 6', held(1), frame(Frame.reset, 0, 1, 'abc')),
    row('a long RST_STREAM', 'GOAWAY 6', held(1), frame(Frame.reset, 0, 1, 'abcde')),
    row('SETTINGS that end within one', 'GOAWAY 6', frame(Frame.settings, 0, 0, 'abcde')),
    row('SETTINGS acknowledged with more', 'GOAWAY 6', frame(Frame.settings, ACK, 0, 'abcdef')),
    row('a short PING', 'GOAWAY 6', frame(Frame.ping, 0, 0, '1234567')),
    row('a long PING', 'GOAWAY 6', frame(Frame.ping, 0, 0, '123456789')),
    row('a short GOAWAY', 'GOAWAY 6', frame(Frame.goaway, 0, 0, '1234567')),
    row('a short WINDOW_UPDATE', 'GOAWAY 6', frame(Frame.windowUpdate, 0, 0, 'abc')),
    row('a long WINDOW_UPDATE', 'GOAWAY 6', frame(Frame.windowUpdate, 0, 0, 'abcde')),
    row('DATA of no stream', 'GOAWAY 1', data(0)),
    row('HEADERS of no stream', 'GOAWAY 1', get(0)),
    row('PRIORITY of no stream', 'GOAWAY 1', priority(0)),
    row('RST_STREAM of no stream', 'GOAWAY 1', reset(0)),
    row('CONTINUATION of no stream', 'GOAWAY 1', more(0)),
    row('SETTINGS of a stream', 'GOAWAY 1', frame(Frame.settings, 0, 1)),
    row('PING of a stream', 'GOAWAY 1', frame(Frame.ping, 0, 1, '12345678')),
    row('GOAWAY of a stream', 'GOAWAY 1', frame(Frame.goaway, 0, 1, '12345678')),
    row('PUSH_PROMISE', 'GOAWAY 1', held(1), frame(Frame.pushPromise, END_HEADERS, 1, 'abcd')),
  ]))

test('RFC 9113 §6.1, §6.2: padding and priorities are skipped, or end the connection', (t) =>
  prove(t, [
    row('DATA of padding alone', 'fine', post(1), data(1, PADDED | END_STREAM, '\x03abc'), 1),
    row('HEADERS with padding', 'fine', headers(ALL | PADDED, 1, padded(block(), 9)), 1),
    row('HEADERS with a priority', 'fine', headers(ALL | PRIORITY, 1, preferred(block())), 1),
    row('a stream before itself', 'fine', headers(ALL | PRIORITY, 1, preferred(block(), 1)), 1),
    row('both', 'fine', headers(ALL | PADDED | PRIORITY, 1, padded(preferred(block()), 3)), 1),
    row('no room for the length of padding', 'GOAWAY 6', post(1), data(1, PADDED, '')),
    row('as much padding as DATA', 'GOAWAY 1', post(1), data(1, PADDED, '\x03ab')),
    row('more padding than DATA', 'GOAWAY 1', post(1), data(1, PADDED, '\xffab')),
    row('more padding than HEADERS', 'GOAWAY 1', headers(ALL | PADDED, 1, '\x09abc')),
    row('HEADERS too short for padding', 'GOAWAY 1', headers(ALL | PADDED, 1, '')),
    row('HEADERS too short for a priority', 'GOAWAY 1', headers(ALL | PRIORITY, 1, 'abcd')),
  ]))

test('RFC 9113 §4.3, §6.10: a header block comes whole, can be read, and is not interrupted', (t) =>
  prove(t, [
    row('in three pieces', 'fine', ...pieces(1), 1),
    row('CONTINUATION of nothing', 'GOAWAY 1', more(1)),
    row('CONTINUATION behind the end', 'GOAWAY 1', get(1), more(1)),
    row('CONTINUATION of another stream', 'GOAWAY 1', headers(END_STREAM, 1, block()), more(3)),
    row('CONTINUATION behind DATA', 'GOAWAY 1', post(1), data(1), more(1)),
    row('DATA in between', 'GOAWAY 1', post(1), headers(END_STREAM, 3, block()), data(1)),
    row('HEADERS in between', 'GOAWAY 1', headers(END_STREAM, 1, block()), get(3)),
    row('PING in between', 'GOAWAY 1', headers(END_STREAM, 1, block()), ping()),
    row('SETTINGS in between', 'GOAWAY 1', headers(END_STREAM, 1, block()), settings()),
    row(
      'an unknown frame in between',
      'GOAWAY 1',
      headers(END_STREAM, 1, block()),
      frame(77, 0, 1),
    ),
    row('many pieces', 'GOAWAY 11', headers(END_STREAM, 1, block()), ...many(40, more(1, 0, '\0'))),
    row('an index of nothing', 'GOAWAY 9', headers(ALL, 1, '\x80')),
    row('an index beyond the table', 'GOAWAY 9', headers(ALL, 1, '\xff\x7f')),
    row('a text that is cut off', 'GOAWAY 9', headers(ALL, 1, '\x40\x0aabc')),
    row('padding that is none', 'GOAWAY 9', headers(ALL, 1, '\x40\x81\x18\x01a')),
    row('a table larger than allowed', 'GOAWAY 9', headers(ALL, 1, '\x3f\xe2\x1f')),
    row('a table changed too late', 'GOAWAY 9', headers(ALL, 1, '\x82\x20')),
    row('trailers that cannot be read', 'GOAWAY 9', post(1), headers(ALL, 1, '\x80')),
    row(
      'what is broken, for a stream that is over',
      'GOAWAY 9',
      get(1),
      1,
      headers(ALL, 1, '\x80'),
    ),
  ]))

test('RFC 9113 §5.1: what a stream may hear in each of its states', (t) =>
  prove(t, [
    row('an even number', 'GOAWAY 1', get(2)),
    row('a number lower than before', 'GOAWAY 1', held(5), get(3)),
    row('a number that leaves some out', 'fine', get(9), 9),
    row('idle: DATA', 'GOAWAY 1', data(1)),
    row('idle: RST_STREAM', 'GOAWAY 1', reset(1)),
    row('idle: WINDOW_UPDATE', 'GOAWAY 1', widen(1, 1)),
    row('idle: PRIORITY', 'fine', priority(1), priority(3, 3)),
    row('half-closed: DATA', 'RST 1 5', held(1), data(1)),
    row('half-closed: HEADERS', 'RST 1 5', held(1), get(1)),
    row('half-closed: WINDOW_UPDATE', 'fine', held(1), widen(1, 1)),
    row('half-closed: PRIORITY', 'fine', held(1), priority(1)),
    row('half-closed: RST_STREAM', 'fine', held(1), reset(1)),
    row('answered: DATA', 'GOAWAY 5', get(1), 1, data(1)),
    row('answered: HEADERS', 'GOAWAY 5', get(1), 1, get(1)),
    row('answered: WINDOW_UPDATE', 'fine', get(1), 1, widen(1, 1)),
    row('answered: RST_STREAM', 'fine', get(1), 1, reset(1)),
    row('answered: PRIORITY', 'fine', get(1), 1, priority(1)),
    row('given up: DATA', 'GOAWAY 5', post(1), reset(1), data(1)),
    row('given up: HEADERS', 'GOAWAY 5', held(1), reset(1), get(1)),
    row('given up: RST_STREAM', 'fine', held(1), reset(1), reset(1)),
    row('reset by us: DATA', 'RST 1 5', held(1), data(1), 1, data(1), data(1, END_STREAM)),
    row('reset by us: HEADERS', 'RST 1 5', held(1), data(1), 1, get(1)),
    row('reset by us: RST_STREAM', 'RST 1 5', held(1), data(1), 1, reset(1)),
  ]))

test('RFC 9113 §6.5, §6.9: settings and windows have their bounds', (t) =>
  prove(t, [
    row('a push that is neither on nor off', 'GOAWAY 1', settings(setting(2, 2))),
    row('a window that is too large', 'GOAWAY 3', settings(setting(4, MAX_WINDOW + 1))),
    row('frames that are too small', 'GOAWAY 1', settings(setting(5, 16_383))),
    row('frames that are too large', 'GOAWAY 1', settings(setting(5, 2 ** 24))),
    row('old priorities neither on nor off', 'GOAWAY 1', settings(setting(9, 2))),
    row('bounds as they may be', 'fine', settings(setting(4, MAX_WINDOW), setting(5, 2 ** 24 - 1))),
    row('a setting that is unknown', 'fine', settings(setting(99, 5))),
    row('the same twice', 'fine', settings(setting(4, 1), setting(4, 65_535))),
    row('a connection widened by 0', 'GOAWAY 1', widen(0, 0)),
    row('a stream widened by 0', 'RST 1 1', held(1), widen(1, 0)),
    row('a connection widened too far', 'GOAWAY 3', widen(0, MAX_WINDOW)),
    row('a stream widened too far', 'RST 1 3', held(1), widen(1, MAX_WINDOW)),
    row(
      'all widened too far',
      'GOAWAY 3',
      held(1),
      widen(1, MAX_WINDOW - 65_535),
      settings(setting(4, 65_536)),
    ),
    row('PING that nobody asked for', 'fine', ping(ACK)),
    row('an acknowledgement that nobody asked for', 'fine', frame(Frame.settings, ACK, 0)),
  ]))

test('RFC 9113 §8.1: a request that is malformed is an error of its stream alone', (t) =>
  prove(t, [
    row('more DATA than said', 'RST 1 1', post(1, ['content-length', '2']), data(1)),
    row('more than none', 'RST 1 1', post(1, ['content-length', '0']), data(1)),
    row('less DATA than said', 'RST 1 1', post(1, ['content-length', '4']), data(1, END_STREAM)),
    row(
      'less with trailers',
      'RST 1 1',
      post(1, ['content-length', '4']),
      data(1),
      headers(ALL, 1, ''),
    ),
    row(
      'trailers that are not the end',
      'RST 1 1',
      post(1),
      headers(END_HEADERS, 1, hpack(['a', 'b'])),
    ),
    row('a pseudo-header in trailers', 'RST 1 1', post(1), headers(ALL, 1, hpack([':path', '/']))),
    row('capitals in trailers', 'RST 1 1', post(1), headers(ALL, 1, hpack(['X-A', 'b']))),
    row(
      'trailers as they may be',
      'fine',
      post(1),
      data(1),
      headers(ALL, 1, hpack(['x-a', 'b'])),
      1,
    ),
    row('as much as said', 'fine', post(1, ['content-length', '3']), data(1, END_STREAM), 1),
  ]))
