import type { ReactNode } from 'react'
import { Logo } from './logo.tsx'

/** The top of a page: what it is called, and in one sentence what it shows. */
export function Masthead({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ReactNode
}): ReactNode {
  return (
    <header className="masthead">
      <Logo />
      <div>
        <h1>{title}</h1>
        <p className="quiet">{children}</p>
      </div>
    </header>
  )
}
