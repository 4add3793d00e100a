import { Random, times } from './random.ts'

/** A database that Team Server knows. */
export interface DataSource {
  readonly id: number
  readonly name: string
  readonly platform: string
  readonly version: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly environment: 'Production' | 'Staging' | 'Test' | 'Development'
  readonly owner: string
  readonly lastCompared: string
}

const platforms = [
  ['Oracle', '19c', 1_521],
  ['Oracle', '21c', 1_521],
  ['Microsoft SQL Server', '2019', 1_433],
  ['Microsoft SQL Server', '2022', 1_433],
  ['IBM Db2 LUW', '11.5', 50_000],
  ['PostgreSQL', '15', 5_432],
  ['PostgreSQL', '16', 5_432],
  ['MySQL', '8.0', 3_306],
  ['SAP ASE', '16.0', 5_000],
  ['Teradata', '17.20', 1_025],
] as const
const subjects = [
  'sales',
  'billing',
  'claims',
  'hr',
  'inventory',
  'ledger',
  'orders',
  'crm',
  'dwh',
  'audit',
] as const
const regions = ['emea', 'apac', 'nam', 'latam', 'core'] as const
const environments = [
  ['Production', 'prd'],
  ['Production', 'prd'],
  ['Staging', 'stg'],
  ['Test', 'tst'],
  ['Development', 'dev'],
] as const
const owners = [
  'Data Architecture',
  'Finance IT',
  'Enterprise BI',
  'Integration Team',
  'DBA Operations',
] as const

/** Makes the 220 data sources. */
export function dataSources(): DataSource[] {
  const random = new Random(3_001)
  return times(220, index => dataSource(random, 1_001 + index))
}

function dataSource(random: Random, id: number): DataSource {
  const [platform, version, port] = random.pick(platforms)
  const [environment, short] = random.pick(environments)
  const subject = random.pick(subjects)
  const region = random.pick(regions)
  return {
    id,
    name: `${subject.toUpperCase()}_${region.toUpperCase()}_${short.toUpperCase()}_${id}`,
    platform,
    version,
    host: `db-${subject}-${short}-${String(random.integer(1, 12)).padStart(2, '0')}.corp.example`,
    port,
    database: `${subject}_${region}`,
    environment,
    owner: random.pick(owners),
    lastCompared: random.instant('2026-05-01', '2026-10-31'),
  }
}
