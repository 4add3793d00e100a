import { connection } from 'next/server'
import type { ReactNode } from 'react'

export default async function NotFoundPage(): Promise<ReactNode> {
  // Made for each request: a page from the build has scripts without the nonce of its policy.
  await connection()
  return (
    <main id="content">
      <section className="panel narrow" aria-labelledby="title">
        <h1 id="title">There is no such page</h1>
        <p>The address may be mistyped.</p>
        <p>
          <a className="button" href="/">
            Go to the vehicles
          </a>
        </p>
      </section>
    </main>
  )
}
