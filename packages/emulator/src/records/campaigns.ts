import { Random, times } from './random.ts'

/** An advertising campaign at TrafficStars. Money is in US dollars. */
export interface Campaign {
  readonly id: number
  readonly name: string
  readonly status: 'active' | 'paused' | 'pending' | 'rejected' | 'archived'
  readonly ad_format: string
  readonly pricing_model: 'cpm' | 'cpc' | 'cpa'
  readonly price: number
  readonly daily_budget: number
  readonly spent_today: number
  readonly impressions: number
  readonly clicks: number
  readonly countries: readonly string[]
  readonly created_at: string
}

const products = ['Puzzle Quest', 'VPN Shield', 'Budget Planner', 'Language Coach', 'Photo Editor'] as const
const brands = ['Nordlicht', 'Bluepeak', 'Solaris', 'Vantage', 'Kestrel', 'Ostrava Games', 'Lumen'] as const
const formats = ['banner', 'native', 'popunder', 'video pre-roll', 'push', 'interstitial'] as const
const markets = ['DE', 'FR', 'ES', 'IT', 'PL', 'NL', 'SE', 'RO', 'CZ', 'PT', 'US', 'CA', 'BR', 'JP'] as const

/** Makes the 240 campaigns. */
export function campaigns(): Campaign[] {
  const random = new Random(2_001)
  return times(240, index => campaign(random, 718_204 + index * 37))
}

function campaign(random: Random, id: number): Campaign {
  const status = random.pick(['active', 'active', 'active', 'paused', 'pending', 'rejected', 'archived'])
  const hasRun = status !== 'pending' && status !== 'rejected'
  const dailyBudget = random.integer(2, 80) * 25
  const impressions = hasRun ? random.integer(12_000, 9_800_000) : 0
  const format = random.pick(formats)
  const countries = [...new Set(times(random.integer(1, 4), () => random.pick(markets)))]
  const device = random.pick(['desktop', 'mobile', 'all devices'])
  return {
    id,
    name: `${random.pick(brands)} ${random.pick(products)} | ${format} | ${device} | ${countries.join('+')}`,
    status,
    ad_format: format,
    pricing_model: random.pick(['cpm', 'cpm', 'cpc', 'cpa']),
    price: random.decimal(0.02, 3.5, 3),
    daily_budget: dailyBudget,
    spent_today: status === 'active' ? random.decimal(0, dailyBudget, 2) : 0,
    impressions,
    clicks: Math.floor(impressions * random.decimal(0.0004, 0.021, 5)),
    countries,
    created_at: random.instant('2024-03-01', '2026-10-31'),
  }
}
