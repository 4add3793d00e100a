#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { banner } from './banner.ts'
import { startEmulatorServer } from './server.ts'

const help = `Usage: evergrant-emulator [--port <number>] [--host <address>]

Serves TRAVIS, TrafficStars, ER/Studio Team Server, Trackunit IRIS and Truphone Connect, offline.

  --port <number>   port to listen on (default 4010; 0 takes any free port)
  --host <address>  address to listen on (default 127.0.0.1)
  --help            shows this text`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4010' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return
  }
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port must be a whole number from 0 to 65535, not "${values.port}".`)
  }
  const { url, emulator, close } = await startEmulatorServer({ port, host: values.host })
  const stop = (): void => {
    close().catch(fail)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  console.log(banner(emulator, url))
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

main().catch(fail)
