import { useId, useRef } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { nextTab } from './next-tab.ts'

/** Tabs as ARIA describes them: arrows, Home and End move and choose, Tab goes on into the panel. */
export function Tabs<Name extends string>({
  label,
  names,
  titles,
  value,
  onValue,
  children,
}: {
  readonly label: string
  readonly names: readonly Name[]
  readonly titles: Readonly<Record<Name, string>>
  readonly value: Name
  readonly onValue: (name: Name) => void
  /** The panel of the chosen tab. */
  readonly children: ReactNode
}): ReactNode {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent): void => {
    const next = nextTab(event.key, names.indexOf(value), names.length)
    const name = next === undefined ? undefined : names[next]
    if (next === undefined || name === undefined) return
    event.preventDefault()
    onValue(name)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]').item(next).focus()
  }
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {names.map(name => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === value}
            aria-controls={`${id}-panel`}
            tabIndex={name === value ? 0 : -1}
            onClick={() => onValue(name)}
          >
            {titles[name]}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className="panel">
        {children}
      </div>
    </>
  )
}
