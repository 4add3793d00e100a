// The process of the dashboard: Next in production mode on one port. Its parent starts it, see start.js.
import { fileURLToPath } from 'node:url'
import { serveNext } from '@evergrant/page-kit/next'
import next from 'next'

serveNext({ next, dir: fileURLToPath(new URL('.', import.meta.url)), title: 'This dashboard' })
