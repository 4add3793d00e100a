import { useId } from 'react'
import type { ReactNode } from 'react'
import type { RefusalKind, TokensName } from '../settings.ts'

/** Which way operations go, and how the GraphQL server refuses a token. */
export function TransportChoice({
  name,
  onName,
  refusals,
  onRefusals,
}: {
  readonly name: TokensName
  readonly onName: (name: TokensName) => void
  readonly refusals: RefusalKind
  readonly onRefusals: (kind: RefusalKind) => void
}): ReactNode {
  return (
    <section className="card choices" aria-label="Transport">
      <Choice
        legend="Transport"
        value={name}
        onValue={onName}
        options={[
          ['proxy', 'Through the proxy: POST and server-sent events, and no token in the page'],
          ['mediated', 'Straight to the API: POST and WebSocket, with a token in the page'],
        ]}
      />
      <Choice
        legend="A token that ended is refused by"
        value={name === 'proxy' ? 'http' : refusals}
        onValue={onRefusals}
        isFixed={name === 'proxy'}
        options={[
          ['http', 'HTTP 401'],
          ['body', 'HTTP 200 with UNAUTHENTICATED inside'],
        ]}
      />
      {name === 'proxy' && (
        <p className="quiet">A proxy that streams reads no bodies: there it has to be a 401.</p>
      )}
    </section>
  )
}

function Choice<Value extends string>({
  legend,
  value,
  onValue,
  options,
  isFixed = false,
}: {
  readonly legend: string
  readonly value: Value
  readonly onValue: (value: Value) => void
  readonly options: readonly (readonly [Value, string])[]
  readonly isFixed?: boolean
}): ReactNode {
  const group = useId()
  return (
    <fieldset disabled={isFixed}>
      <legend>{legend}</legend>
      {options.map(([each, label]) => (
        <label key={each} className="choice">
          <input type="radio" name={group} checked={value === each} onChange={() => onValue(each)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  )
}
