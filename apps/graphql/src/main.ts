import { readPort, runProgram } from '@evergrant/page-kit/server'
import { runDemo } from './run.ts'

runProgram(
  async () =>
    runDemo({
      port: readPort(process.env['PORT']),
      onError: error => console.error(error),
    }),
  ({ url }) => `${url}\nAll providers are emulated, and access tokens live for 30 seconds.`,
)
