// The page by Vite's development server, and behind it the demo's own server with an emulator.
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { runDemo } from '../src/run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const port = Number(process.env['PORT'] ?? 5173)
const origins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`]
// What it would serve as the page is never asked for: any directory with an index.html does.
const onError = (error: unknown): void => void process.stderr.write(`${String(error)}\n`)
const demo = await runDemo({
  port: 0,
  pageDirectory: root,
  origins,
  onError,
})
// The `Host` header stays the page's own, or the server would take its page for that of another site.
const vite = await createServer({
  root,
  resolve: { conditions: ['evergrant-src', 'module', 'browser', 'development|production'] },
  server: {
    host: '127.0.0.1',
    port,
    strictPort: true,
    proxy: { '/api': { target: demo.url, changeOrigin: false } },
  },
})
await vite.listen()
vite.printUrls()
process.once('SIGINT', () => void Promise.all([vite.close(), demo.stop()]).then(() => process.exit(0)))
