import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import '@evergrant/page-kit/skip-link.css'
import './page.css'

export const metadata: Metadata = {
  title: 'Fleet with Auth.js',
  description: 'TRAVIS customers sign in by redirect, and their tokens stay fresh.',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default function Layout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#content">
          Skip to the content
        </a>
        {children}
      </body>
    </html>
  )
}
