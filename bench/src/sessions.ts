import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@evergrant/core'
import { KeyRing } from '@evergrant/core/record'
import { createEmulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import { sealData, unsealData } from 'iron-session'
import { keyUse, seal, unseal } from '../../packages/server/src/sealed-session.ts'

// How many sessions a process can look up, and what sealing costs beside iron-session: operations a second, one after
// the other, the median of interleaved rounds.

const rounds = 5
const roundMs = 1000
const key = 'fake-session-key-Wm4tQ9xL2vB7nR5cK8'

interface Subject {
  readonly name: string
  readonly run: () => Promise<unknown>
}

async function rate({ run }: Subject): Promise<number> {
  const startedAt = performance.now()
  let operations = 0
  while (performance.now() - startedAt < roundMs) {
    for (let index = 0; index < 10; index++) await run()
    operations += 10
  }
  return (operations / (performance.now() - startedAt)) * 1000
}

async function measure(subjects: readonly Subject[]): Promise<Record<string, number>> {
  const rates = new Map<string, number[]>(subjects.map(({ name }) => [name, []]))
  for (const subject of subjects) await rate(subject)
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) rates.get(subject.name)?.push(await rate(subject))
  }
  return Object.fromEntries([...rates].map(([name, values]) => [name, Math.round(median(values))]))
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}

async function lookups(tokensIn: 'store' | 'cookie'): Promise<Subject[]> {
  const emulator = createEmulator()
  const { customerClient, customers } = emulator.travis.credentials
  const { clientId, clientSecret } = customerClient
  const { apiUrl } = emulator.travis.endpoints()
  const sessions = createSessions({
    authorization: travis.customers({ clientId, clientSecret, apiUrl }),
    store: memoryStore(),
    fetch: emulator.fetch,
    tokensIn,
    ...(tokensIn === 'cookie' && { keys: key }),
  })
  const session = sessions.for(new Request('https://app.test'))
  await session.signIn(customers[0])
  const cookie = session.setCookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const request = (): { headers: Headers } => ({ headers: new Headers({ cookie, host: 'app.test' }) })
  return [
    { name: `getState, tokens in the ${tokensIn}`, run: () => sessions.for(request()).getState() },
    {
      name: `getAccessToken, tokens in the ${tokensIn}`,
      run: () => sessions.for(request()).getAccessToken(),
    },
  ]
}

async function sealing(): Promise<Subject[]> {
  const keys = new KeyRing([key], keyUse)
  const expiresAt = Date.now() + 604_800_000
  // As long as the record of a Keycloak session: two tokens of about 1.2 kB each.
  const record = JSON.stringify({ access: 'a'.repeat(1200), refresh: 'r'.repeat(1200) })
  const id = 'A'.repeat(43)
  const content = { id, username: 'fake-user', expiresAt, sealedAt: Date.now(), record }
  const ours = await seal(content, keys, 'bench')
  const options = { password: key, ttl: 604_800 }
  const theirs = await sealData(content, options)
  return [
    { name: 'seal', run: () => seal(content, keys, 'bench') },
    { name: 'seal with iron-session', run: () => sealData(content, options) },
    { name: 'open', run: () => unseal(ours, keys, 'bench', Date.now()) },
    { name: 'open with iron-session', run: () => unsealData(theirs, options) },
  ]
}

const results = {
  node: process.versions.node,
  cores: availableParallelism(),
  measuredAt: new Date().toISOString(),
  rounds,
  roundMs,
  perSecond: {
    ...(await measure([...(await lookups('store')), ...(await lookups('cookie'))])),
    ...(await measure(await sealing())),
  },
}
const directory = join(import.meta.dirname, '../results')
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'sessions.json'), `${JSON.stringify(results, undefined, 2)}\n`)
const rows = Object.entries(results.perSecond).map(
  ([name, value]) => `| ${name} | ${value.toLocaleString('en-US')} |`,
)
const markdown = `# Sessions

Node.js ${results.node}, ${results.cores} cores, ${results.measuredAt.slice(0, 10)}. Operations a second, one after the
other on one core, the memory store; the median of ${rounds} interleaved rounds of ${roundMs / 1000} s. A sealed cookie
holds two tokens of 1.2 kB; iron-session 9 seals the same content.

| Operation | per second |
| --- | ---: |
${rows.join('\n')}
`
writeFileSync(join(directory, 'sessions.md'), markdown)
process.stdout.write(markdown)
