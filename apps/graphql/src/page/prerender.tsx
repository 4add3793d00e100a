import { renderToString } from 'react-dom/server'
import { createPage } from './create-page.tsx'
import { Root } from './root.tsx'

/** What everybody sees first: nobody knows yet who is signed in. */
export function prerender(): string {
  const graphqlUrl = 'https://graphql.example.com/graphql'
  return renderToString(<Root page={createPage({ graphqlUrl, webSocketUrl: graphqlUrl, accounts: [] })} />)
}
