import { connectStore } from './proofs/connect-store.test-support.ts'
import type { StoreAddress } from './proofs/connect-store.test-support.ts'

// A program that watches, closes its own client, and has nothing else to do: it must end by itself.

const [, , text = ''] = process.argv
const { store, close } = await connectStore(JSON.parse(text) as StoreAddress)
let hints = 0
store.watch?.(() => void hints++)
await store.write('a', `${process.pid}`, {
  ifMatch: (await store.read('a'))?.etag ?? null,
  writeId: `write-${process.pid}`,
})
await new Promise(resolve => void setTimeout(resolve, 300))
await close()
process.stdout.write(`watched ${hints > 0}`)
