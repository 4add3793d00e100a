import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { Masthead } from './masthead.tsx'
import { SessionTimeline } from './session-timeline.tsx'
import { SignInForm } from './sign-in-form.tsx'
import type { ExampleAccount } from '../example-account.ts'

function form(...usernames: string[]): string {
  const accounts: ExampleAccount[] = usernames.map(username => ({ username, password: `fake-${username}` }))
  const signIn = (): Promise<void> => Promise.resolve()
  return renderToString(createElement(SignInForm, { accounts, signIn, onSignIn: () => undefined }))
}

describe('what is rendered before a script runs', () => {
  test('is a form with the first account filled in, and a button for each where there are more', () => {
    expect(form('anna@one.example')).toContain('value="fake-anna@one.example"')
    expect(form('anna@one.example')).not.toContain('Or fill in')
    expect(form('anna@one.example', 'ben@one.example')).toMatch(/Or fill in.*>anna<.*>ben</)
    expect(form()).toContain('value=""')
  })

  test('is a masthead with the one title of the page', () => {
    const html = renderToString(createElement(Masthead, { title: 'A page' }, 'It shows something.'))
    expect(html.match(/<h1>/g)).toHaveLength(1)
    expect(html).toMatch(/<svg .*aria-hidden="true".*<h1>A page<\/h1><p class="quiet">It shows something\.</)
  })

  test('is a timeline that is named by its heading, each by its own', () => {
    const live = { subscribe: () => () => undefined }
    const one = createElement(SessionTimeline, { name: 'one', live, label: 'One' })
    const html = renderToString(createElement('div', {}, one, one))
    const names = [...html.matchAll(/aria-labelledby="([^"]+)"/g)].map(match => match[1])
    const ids = [...html.matchAll(/<h3 id="([^"]+)"/g)].map(match => match[1])
    expect(names).toEqual(ids)
    expect(new Set(ids).size).toBe(2)
  })
})
