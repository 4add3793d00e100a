import { createServer } from 'vite'
import type { RunDemoOptions, RunningDemo } from '../server/run-demo-options.ts'

/** Serves the page by Vite's development server on `PORT` (default 5173), and behind it the demo's own server, until Ctrl-C. */
export async function serveSources(
  root: string,
  runDemo: (options: RunDemoOptions) => Promise<RunningDemo>,
): Promise<void> {
  const port = Number(process.env['PORT'] ?? 5173)
  const origins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`]
  // What it would serve as the page is never asked for: any directory with an index.html does.
  const demo = await runDemo({ port: 0, pageDirectory: root, origins, onError })
  const vite = await createServer({
    root,
    resolve: { conditions: ['evergrant-src', 'module', 'browser', 'development|production'] },
    server: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      // The `Host` header stays the page's own, or the server would take its page for that of another site.
      proxy: { '/api': { target: demo.url, changeOrigin: false } },
    },
  })
  await vite.listen()
  vite.printUrls()
  process.once('SIGINT', () => void Promise.all([vite.close(), demo.stop()]).then(() => process.exit(0)))
}

function onError(error: unknown): void {
  process.stderr.write(`${String(error)}\n`)
}
