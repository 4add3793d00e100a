import { expect, test } from 'vitest'
import { clusterBanner } from './cluster-banner.ts'

const gateways = [
  { name: 'A', url: 'http://127.0.0.1:4000', pid: 11 },
  { name: 'B', url: 'http://127.0.0.1:4001', pid: 12 },
]
const redis = { place: '127.0.0.1:40123', description: 'redis-server of this machine' }

test('the banner is a table, how to see a failover, and how to end it', () => {
  const emulator = { url: 'http://127.0.0.1:4010', lifetimeMs: 30_000 }
  expect(clusterBanner({ gateways, emulator, redis, notice: 'All providers are emulated.' })).toBe(
    `
  Gateway A  http://127.0.0.1:4000  process 11
  Gateway B  http://127.0.0.1:4001  process 12
  Emulator   http://127.0.0.1:4010  the providers, offline; access tokens live 30 s
  Redis      127.0.0.1:40123        redis-server of this machine

kill -9 11 ends gateway A: watch gateway B go on.
All providers are emulated. Ctrl-C ends everything.
`,
  )
})

test('without an emulator there is no row of it', () => {
  const banner = clusterBanner({ gateways, emulator: undefined, redis, notice: 'All providers are real.' })
  expect(banner).not.toContain('Emulator')
})
