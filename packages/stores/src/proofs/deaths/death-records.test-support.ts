import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenStore } from '@evergrant/core'
import { parseRecord } from '@evergrant/core/record'
import type { TokenRecord } from '@evergrant/core/record'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { nameOf } from '../../file-names.ts'

/** A record as it stands in a store, looked at by somebody who uses it for nothing. */
export interface SeenRecord {
  readonly record: TokenRecord
  /** What is wrong with it. */
  readonly faults: readonly string[]
  /** How many half-made files lie beside it. */
  readonly strays: number
}

/**
 * Reads a record and what lies around it.
 * @throws {StoreError} it is no record at all
 */
export async function readRecord(store: TokenStore, address: StoreAddress, key: string): Promise<SeenRecord> {
  const stored = await store.read(key)
  const [payload = '', aheadMs, ...more] = stored?.payload.split('\n') ?? []
  const record = parseRecord(payload)
  const faults: string[] = []
  // Written after everything else: a payload that was cut lacks it.
  if (!/^\d+$/.test(aheadMs ?? '') || more.length > 0) faults.push('the payload has another end')
  const { refresh } = record
  if (refresh === undefined) faults.push('there is no refresh token')
  else if (refresh.hash !== hashOf(refresh.token)) faults.push('the refresh token is not the hashed one')
  if (Object.keys(record.access).length !== 1) faults.push('there is not one access token')
  if (address.kind !== 'file') return { record, faults, strays: 0 }
  const folder = await readFolder(join(address.at, nameOf(key)), key)
  return { record, faults: [...faults, ...folder.faults], strays: folder.strays }
}

// As the store's users see it: every file that has a number is a whole write of this key, also those that are not the newest.
async function readFolder(path: string, key: string): Promise<Pick<SeenRecord, 'faults' | 'strays'>> {
  const names = await readdir(path)
  const faults: string[] = []
  for (const name of names.filter(each => /^\d+$/.test(each))) {
    const written = JSON.parse(await readFile(join(path, name), 'utf8')) as Record<string, unknown>
    if (written['key'] !== key) faults.push(`file ${name} belongs to another key`)
    parseRecord(String(written['payload']).split('\n')[0] ?? '')
  }
  return { faults, strays: names.filter(name => name.endsWith('.new')).length }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}
