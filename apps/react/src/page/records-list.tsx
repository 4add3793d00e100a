import { useId } from 'react'
import type { ReactNode } from 'react'
import type { Resource } from './records.ts'
import type { RecordsState } from './use-records.ts'

/** The records that one of the two ways brought. */
export function RecordsList({
  way,
  resource,
  state: { records, failure },
}: {
  readonly way: 'fetch' | 'axios'
  readonly resource: Resource
  readonly state: RecordsState
}): ReactNode {
  const id = useId()
  return (
    <div className="records" role="group" aria-labelledby={id}>
      <h3 id={id}>By {way}</h3>
      {failure !== undefined && <p className="failure">{failure}</p>}
      {records === undefined ? (
        failure === undefined && <p className="quiet">Asking …</p>
      ) : (
        <>
          <p className="quiet">
            {failure === undefined ? '' : 'The last answer: '}
            {records.records.length} of {records.total} {resource.noun}
          </p>
          <ul>
            {records.records.map(({ id: key, title, detail }) => (
              <li key={key}>
                <strong>{title}</strong>
                <span className="quiet">{detail}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
