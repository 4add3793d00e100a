import type { ChosenRedis } from './choose-redis.ts'
import type { GatewayChild } from './gateway-child.ts'

/** What the banner tells of. */
export interface ClusterBannerOptions {
  readonly gateways: readonly Pick<GatewayChild, 'name' | 'pid' | 'url'>[]
  /** Undefined: all providers are real. */
  readonly emulator: { readonly url: string; readonly lifetimeMs: number } | undefined
  readonly redis: Pick<ChosenRedis, 'place' | 'description'>
  /** Which providers are emulated. */
  readonly notice: string
}

/** Says what runs where, in a table, how to see a failover, and how to end all of it. */
export function clusterBanner({ gateways, emulator, redis, notice }: ClusterBannerOptions): string {
  const [first, second] = gateways
  const rows = [
    ...gateways.map(({ name, url, pid }) => [`Gateway ${name}`, url, `process ${pid}`]),
    ...(emulator === undefined
      ? []
      : [
          [
            'Emulator',
            emulator.url,
            `the providers, offline; access tokens live ${emulator.lifetimeMs / 1000} s`,
          ],
        ]),
    ['Redis', redis.place, redis.description],
  ]
  const widest = (column: number): number => Math.max(...rows.map(row => row[column]?.length ?? 0))
  const [titles, places] = [widest(0), widest(1)]
  const table = rows.map(([title = '', place = '', what = '']) =>
    `  ${title.padEnd(titles)}  ${place.padEnd(places)}  ${what}`.trimEnd(),
  )
  const failover = `kill -9 ${first?.pid} ends gateway ${first?.name}: watch gateway ${second?.name} go on.`
  return ['', ...table, '', failover, `${notice} Ctrl-C ends everything.`, ''].join('\n')
}
