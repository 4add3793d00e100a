import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import '@evergrant/page-kit/palette.css'
import '@evergrant/page-kit/controls.css'
import '@evergrant/page-kit/logo.css'
import '@evergrant/page-kit/skip-link.css'
import '../styles/base.css'
import '../styles/board.css'
import '../styles/map.css'

export const metadata: Metadata = {
  title: { default: 'Fleet', template: '%s · Fleet' },
  description: 'Where the vehicles of TRAVIS customers are.',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default function Layout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
