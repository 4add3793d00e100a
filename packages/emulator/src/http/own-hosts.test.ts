import { expect, it } from 'vitest'
import { ownHosts } from './own-hosts.ts'

/** As the server gets it: out of the Host header, through a URL. */
const isOwn = (header: string, boundHost: string, address: string): boolean =>
  ownHosts(boundHost, address)(new URL(`http://${header}`).hostname)

it.each([
  'localhost:4010',
  'LOCALHOST',
  'localhost.',
  'emulator.localhost:4010',
  '127.0.0.1:4010',
  '127.1.2.3',
  '[::1]:4010',
  '[::ffff:127.0.0.1]',
])('on loopback, %s is an own host', header => {
  expect(isOwn(header, '127.0.0.1', '127.0.0.1')).toBe(true)
})

it.each([
  'attacker.example',
  'localhost.attacker.example',
  '127.0.0.1.attacker.example',
  'attacker-localhost',
  '192.168.1.20:4010',
  '[2001:db8::1]',
  'localhost@attacker.example',
])('on loopback, %s is none', header => {
  expect(isOwn(header, '127.0.0.1', '127.0.0.1')).toBe(false)
  expect(isOwn(header, '::1', '::1')).toBe(false)
})

it('on loopback, the name that the server was given is an own host', () => {
  expect(isOwn('Emulator.Test:4010', 'Emulator.test', '127.0.0.1')).toBe(true)
})

it.each(['0.0.0.0', '::', '192.168.1.20'])('on %s, any host is', address => {
  expect(isOwn('emulator.example', address, address)).toBe(true)
})
