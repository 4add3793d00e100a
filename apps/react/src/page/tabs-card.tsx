import type { ReactNode } from 'react'
import { tokensNames } from '../settings.ts'
import type { Page } from './create-page.tsx'
import { resources } from './records.ts'
import { answersSentence, tabsSentence } from './tab-view.ts'
import type { SignInView } from './tab-view.ts'
import { useTabs } from './use-tabs.ts'
import { useTokenAnswers } from './use-token-answers.ts'

/** The tabs of this page, and what each of them shows. */
export function TabsCard({ page }: { readonly page: Page }): ReactNode {
  const tabs = useTabs(page.roster)
  const answers = useTokenAnswers(tabs)
  return (
    <section className="card tabs" aria-labelledby="tabs">
      <h2 id="tabs">Tabs</h2>
      <p role="status">{tabsSentence(tabs)}</p>
      <button type="button" onClick={() => void open(location.href, '_blank', 'noopener')}>
        Open a second tab
      </button>
      <ul>
        {tabs.map(({ id, shows }) => (
          <li key={id}>
            <strong>{id === page.roster.id ? 'This tab' : 'Another tab'}</strong>
            {tokensNames.map(name => (
              <span key={name}>
                {resources[name].title}: {viewOf(shows[name])}
              </span>
            ))}
          </li>
        ))}
      </ul>
      {answers > 0 && <p className="quiet answers">{answersSentence(answers)}</p>}
    </section>
  )
}

function viewOf(view: SignInView | undefined): ReactNode {
  if (view === undefined) return 'nobody'
  return (
    <>
      {view.username}
      {view.token !== undefined && (
        <>
          , <code>{view.token}</code>
        </>
      )}
    </>
  )
}
