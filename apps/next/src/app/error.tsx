'use client'

import type { ReactNode } from 'react'

/** Something that nobody expected. The error itself is in the server's log, and not here. */
export default function ErrorPage({ reset }: { readonly reset: () => void }): ReactNode {
  return (
    <main id="content">
      <section className="panel narrow" aria-labelledby="title">
        <h1 id="title">Something went wrong</h1>
        <p>The page could not be made. It is not your fault; most often it helps to try again.</p>
        <p>
          <button type="button" className="primary" onClick={reset}>
            Try again
          </button>
        </p>
      </section>
    </main>
  )
}
