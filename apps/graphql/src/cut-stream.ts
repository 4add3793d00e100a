/** The answer with a body that just stops once `end` is aborted: without the event that says that all is over. */
export function cutStream(
  { status, headers }: Response,
  body: ReadableStream<Uint8Array>,
  end: AbortSignal,
): Response {
  const reader = body.getReader()
  const over = new AbortController()
  const cut = new ReadableStream<Uint8Array>({
    start: controller => {
      const stop = (): void => {
        over.abort()
        controller.close()
        reader.cancel().catch(() => undefined)
      }
      end.addEventListener('abort', stop, { signal: over.signal })
    },
    pull: async controller => {
      const { done, value } = await reader.read()
      if (over.signal.aborted) return
      if (!done) return controller.enqueue(value)
      over.abort()
      controller.close()
    },
    cancel: reason => {
      over.abort()
      return reader.cancel(reason)
    },
  })
  return new Response(cut, { status, headers })
}
