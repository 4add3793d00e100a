import { luhnDigit } from './luhn.ts'
import { Random, times } from './random.ts'

/** A SIM card at Truphone Connect. */
export interface SimCard {
  /** 19 digits, the last of them a Luhn check digit (ITU-T E.118). */
  readonly iccid: string
  readonly imsi: string
  readonly msisdn: string
  /** Of the device the card was last seen in; 15 digits, the last of them a Luhn check digit. */
  readonly imei: string
  readonly label: string
  readonly status: 'active' | 'suspended' | 'inventory' | 'terminated'
  readonly rate_plan: string
  readonly data_used_mb: number
  readonly country: string
  readonly last_seen_at: string
}

// Type allocation codes, as devices report them: modems for meters, trackers and routers.
const typeAllocationCodes = ['35316209', '86751804', '35901511', '86430504', '35765006'] as const
const uses = ['Smart meter', 'Asset tracker', 'POS terminal', 'Gateway', 'EV charger', 'Elevator'] as const
const sites = ['Lisbon', 'Kraków', 'Hamburg', 'Utrecht', 'Turin', 'Leeds', 'Ghent', 'Aarhus', 'Graz'] as const
const plans = ['IoT EU 10 MB', 'IoT EU 50 MB', 'IoT Global 100 MB', 'IoT Global 1 GB'] as const
const countries = ['PT', 'PL', 'DE', 'NL', 'IT', 'GB', 'BE', 'DK', 'AT'] as const

/** Makes the 250 SIM cards. */
export function simCards(): SimCard[] {
  const random = new Random(5_001)
  return times(250, index => simCard(random, index + 1))
}

function simCard(random: Random, number: number): SimCard {
  const status = random.pick(['active', 'active', 'active', 'active', 'suspended', 'inventory', 'terminated'])
  // 89 telecom, 44 United Kingdom, 47 the issuer, then the card's own number.
  const iccid = `894447${random.characters(7)}${String(number).padStart(5, '0')}`
  const imei = random.pick(typeAllocationCodes) + random.characters(6)
  const site = random.integer(0, sites.length - 1)
  return {
    iccid: iccid + luhnDigit(iccid),
    imsi: `23425${random.characters(10)}`,
    msisdn: `+447${random.characters(9)}`,
    imei: imei + luhnDigit(imei),
    label: `${random.pick(uses)} ${sites[site] ?? sites[0]} ${String(number).padStart(3, '0')}`,
    status,
    rate_plan: random.pick(plans),
    data_used_mb: status === 'inventory' ? 0 : random.decimal(0, 95, 2),
    country: countries[site] ?? countries[0],
    last_seen_at: random.instant('2026-10-01', '2026-10-31'),
  }
}
