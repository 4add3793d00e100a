import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ReactNode } from 'react'
import { renderToPipeableStream, renderToString } from 'react-dom/server'

/** Renders at once. */
export function renderOnServer(tree: ReactNode): string {
  return renderToString(tree)
}

/** Renders as a stream, to its end. */
export async function streamOnServer(tree: ReactNode): Promise<{ html: string; errors: readonly string[] }> {
  const errors: string[] = []
  const sent = new PassThrough()
  const { pipe } = renderToPipeableStream(tree, {
    onAllReady: () => pipe(sent),
    onError: error => void errors.push(String(error)),
  })
  return { html: await text(sent), errors }
}
