// Runs the built page in chromium for ten minutes of real time, by each client and transport at once, with tokens of
// 30 seconds, and writes what happened to bench/results/graphql-soak.md. Other durations: `MINUTES=1`.
import { launchBrowser, program } from '@evergrant/page-kit/test-support'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { clientNames, clientTitles } from '../src/page/fleet-client.ts'
import type { ClientName } from '../src/page/fleet-client.ts'
import type { FleetCounts } from '../src/page/fleet-stats.ts'
import { DemoTab, TestDemo } from '../src/page.test-support.ts'
import { tokensNames } from '../src/settings.ts'
import type { TokensName } from '../src/settings.ts'

const file = fileURLToPath(new URL('../../../bench/results/graphql-soak.md', import.meta.url))
const minutes = Number(process.env['MINUTES'] ?? 10)
/** Between two operations of one tab. */
const pauseMs = 2000
/** A subscription is told to stand still if nothing came for so long. */
const longestGapMs = 5000

const columns = ['operations', 'failed', 'refreshes', 'events', 'missed', 'reconnects'] as const

interface Run {
  readonly client: ClientName
  readonly name: TokensName
  readonly counts: Readonly<Record<keyof FleetCounts, number>>
  /** The longest time between two looks that found no new event. */
  readonly gapMs: number
  readonly complaints: readonly string[]
}

async function runBy(tab: DemoTab, client: ClientName, name: TokensName): Promise<Run> {
  await tab.choose(name)
  await tab.signIn()
  await tab.runBy(client)
  const until = Date.now() + minutes * 60_000
  let [events, lastAt, gapMs] = [0, Date.now(), 0]
  for (let turn = 0; Date.now() < until; turn += 1) {
    if (turn % 5 === 4) await tab.writeNote(`turn ${turn}`)
    else await tab.button('Ask again').click()
    const nextAt = Date.now() + pauseMs
    while (Date.now() < nextAt) {
      const now = await tab.count('events')
      gapMs = Math.max(gapMs, Date.now() - lastAt)
      if (now > events) [events, lastAt] = [now, Date.now()]
      await tab.page.waitForTimeout(200)
    }
  }
  const all = await Promise.all(columns.map(async each => [each, await tab.count(each)] as const))
  return {
    client,
    name,
    counts: Object.fromEntries(all) as Run['counts'],
    gapMs,
    complaints: tab.complaints,
  }
}

function report(runs: readonly Run[], faults: readonly unknown[]): string {
  const head = ['Client', 'Transport', 'Operations', 'Failed', 'Refreshes', 'Events', 'Missed', 'Reconnects']
  const rows = runs.map(({ client, name, counts, gapMs }) => [
    clientTitles[client],
    name === 'proxy' ? 'proxy, SSE' : 'mediated, WebSocket',
    ...columns.map(each => String(counts[each])),
    `${(gapMs / 1000).toFixed(1)} s`,
  ])
  const isGood = runs.every(({ counts, gapMs }) => counts.failed === 0 && gapMs < longestGapMs)
  const complaints = runs.flatMap(each => each.complaints).length
  return `# GraphQL: ${minutes} minutes with tokens of 30 seconds

${isGood && faults.length === 0 ? 'No operation failed, and every subscription went on.' : 'Something failed.'}
Six tabs of chromium at once, each with its own sign-in: a query every ${pauseMs / 1000} seconds, every fifth time a
mutation instead, and a subscription with an event each 0.4 seconds. \`Missed\` are events that came while no connection
stood; the longest gap is between two events, as a look five times a second sees it. Unexpected errors of the server:
${faults.length}; complaints of the browser: ${complaints}. Made by \`apps/graphql/scripts/soak.ts\` on ${new Date().toISOString().slice(0, 10)}, Node.js
${process.version}.

| ${[...head, 'Longest gap'].join(' | ')} |
| ${[...head, ''].map((_, index) => (index < 2 ? '---' : '---:')).join(' | ')} |
${rows.map(row => `| ${row.join(' | ')} |`).join('\n')}
`
}

if (program === undefined) throw new Error('There is no chromium to run the page in.')
const [browser, demo] = await Promise.all([launchBrowser(), TestDemo.start(undefined, 400)])
try {
  const ways = tokensNames.flatMap(name => clientNames.map(client => [client, name] as const))
  const tabs: DemoTab[] = []
  for (const _way of ways) tabs.push(await DemoTab.open(browser, demo))
  for (const tab of tabs) tab.page.setDefaultTimeout(60_000)
  const runs = await Promise.all(
    ways.map(([client, name], index) => runBy(tabs[index] as DemoTab, client, name)),
  )
  const text = report(runs, demo.faults)
  await writeFile(file, text)
  process.stdout.write(text)
  for (const fault of demo.faults) process.stderr.write(`${String(fault)}\n`)
  if (!text.includes('No operation failed')) process.exitCode = 1
} finally {
  await browser.close()
  await demo.close()
}
