import { filled } from './streams.ts'
import type { SignalOwner } from './streams.ts'

const decodedBytes = 200_000_000
const nobody = new AbortController()

/** JSON whose only string never ends. */
export function endlessBody(owner: SignalOwner): ReadableStream<Uint8Array<ArrayBuffer>> {
  return filled('{"padding":"', '0', Infinity, '"}', owner)
}

/** The 200 MB of JSON that the gzip bomb decodes to, made while they are read. */
export function decodedBomb(owner: SignalOwner): ReadableStream<Uint8Array<ArrayBuffer>> {
  return filled('{"padding":"', '0', decodedBytes, '"}', owner)
}

// Constant data, so one copy serves every emulator of the process.
let bomb: Promise<ArrayBuffer> | undefined

/** The gzip bomb as it travels: made once, without ever holding what it decodes to. */
export function gzipBomb(): Promise<ArrayBuffer> {
  bomb ??= new Response(decodedBomb(nobody).pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
  return bomb
}
