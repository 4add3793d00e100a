import type { ReactNode } from 'react'

/** Says what the environment lacks. Names of variables are no secret; values are not shown. */
export function SetupNotice({ problems }: { readonly problems: readonly string[] }): ReactNode {
  return (
    <section className="panel narrow" aria-labelledby="title">
      <h1 id="title">This dashboard is not set up yet</h1>
      <p>Whoever runs it has to set these variables and start it again:</p>
      <ul className="plain">
        {problems.map(problem => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </section>
  )
}
