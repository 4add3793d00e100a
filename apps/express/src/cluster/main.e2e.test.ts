import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { findRedis, startRedis } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import { createClient } from 'redis'
import { afterEach, describe, expect, test } from 'vitest'
import { endProgram, pressCtrlC, startProgram, untilRunning } from './cluster.test-support.ts'
import type { ClusterProgram } from './cluster.test-support.ts'

const programs: ClusterProgram[] = []

function start(env: Record<string, string> = {}): ClusterProgram {
  const program = startProgram(env)
  programs.push(program)
  return program
}

afterEach(async () => {
  for (const program of programs.splice(0)) await endProgram(program)
})

describe.skipIf(findRedis() === undefined)('the demo of two processes', () => {
  test('Ctrl-C ends every process at once, with exit code 0 and without another word', async () => {
    const program = start()
    const { gateways, redisPid } = await untilRunning(program)
    const started = [program.child.pid, redisPid, ...gateways.map(({ pid }) => pid)]
    expect(program.pids().toSorted(byNumber)).toEqual((started as number[]).toSorted(byNumber))
    const said = program.output()
    const before = performance.now()
    expect(await pressCtrlC(program)).toBe(0)
    expect(performance.now() - before).toBeLessThan(2500)
    expect([program.pids(), program.files()]).toEqual([[], []])
    expect(program.output()).toBe(said)
  })

  test('Ctrl-C while it starts leaves no process either', async () => {
    const program = start()
    await expect.poll(() => program.pids().length, { interval: 5 }).toBeGreaterThan(2)
    expect(program.output()).toBe('')
    expect(await pressCtrlC(program)).toBe(0)
    expect([program.pids(), program.files()]).toEqual([[], []])
  })

  test('the gateways end with the process that started them, and take its Redis along', async () => {
    const program = start()
    await untilRunning(program)
    program.child.kill('SIGKILL')
    await expect.poll(() => [program.pids(), program.files()]).toEqual([[], []])
  })

  test('a gateway that is killed is told, the other goes on; without any it ends with exit code 1', async () => {
    const program = start()
    const { gateways } = await untilRunning(program)
    const [first, second] = gateways
    const exited = once(program.child, 'exit')
    // Neither is killed in the middle of its first token request: the other would wait for that one's claim.
    for (const { url } of gateways) expect((await fetch(`${url}/api/truphone/sims`)).status).toBe(200)
    process.kill(second.pid, 'SIGKILL')
    await expect
      .poll(program.output)
      .toContain(
        `Gateway B (process ${second.pid}) has ended: SIGKILL. It is not started again; gateway A goes on alone.\n`,
      )
    expect((await fetch(`${first.url}/api/truphone/sims`)).status).toBe(200)
    process.kill(first.pid, 'SIGKILL')
    expect(await exited).toEqual([1, null])
    expect(program.output()).toContain(`Gateway A (process ${first.pid}) has ended: SIGKILL. None is left.\n`)
    expect([program.pids(), program.files()]).toEqual([[], []])
  })

  test('a port that is taken is one sentence and exit code 1, and nothing stays behind', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const { port } = blocker.address() as AddressInfo
    // The second gateway's.
    const program = start({ PORT: String(port - 1) })
    expect(await once(program.child, 'close')).toEqual([1, null])
    blocker.close()
    const advice = 'choose two others, such as PORT=4100, which takes 4100 and 4101.'
    expect(program.output()).toBe(`Port ${port} is already in use: stop what uses it, or ${advice}\n`)
    expect([program.pids(), program.files()]).toEqual([[], []])
  })

  describe('with a Redis of the user’s own', () => {
    let redis: StartedServer

    afterEach(() => redis.stop())

    test('uses it, and takes its keys out of it at the end', async () => {
      redis = await startRedis()
      const client = createClient({ url: `redis://127.0.0.1:${redis.port}` })
      client.on('error', () => {})
      await client.connect()
      await client.set('of somebody else', 'stays')
      const program = start({ REDIS_URL: `redis://127.0.0.1:${redis.port}` })
      const { redisPid } = await untilRunning(program)
      expect(redisPid).toBeUndefined()
      await expect.poll(() => client.keys('*')).toContainEqual(expect.stringContaining('travis') as string)
      expect(await pressCtrlC(program)).toBe(0)
      expect(await client.keys('*')).toEqual(['of somebody else'])
      client.destroy()
    })
  })
})

function byNumber(left: number, right: number): number {
  return left - right
}

describe('what cannot work is one sentence and exit code 1', () => {
  test.each([
    [
      'without a Redis',
      { PATH: '/nowhere' },
      'There is no Redis: install redis-server or valkey-server, or set REDIS_URL, such as REDIS_URL=redis://127.0.0.1:6379.',
    ],
    [
      'with an address of a Redis that does not answer, whose password is not told',
      { REDIS_URL: 'redis://user:fake-password@127.0.0.1:1' },
      'The Redis of REDIS_URL, 127.0.0.1:1, cannot be used (ECONNREFUSED): start it, correct the address, or unset REDIS_URL to have one started.',
    ],
    [
      'with an address that is none',
      { REDIS_URL: 'localhost' },
      'REDIS_URL must be an address such as redis://127.0.0.1:6379.',
    ],
    [
      'with a lifetime that is none',
      { ACCESS_TOKEN_SECONDS: '1' },
      'ACCESS_TOKEN_SECONDS must be a whole number from 5 to 86400, not "1".',
    ],
    [
      'with a port that has none behind it',
      { PORT: '65535' },
      'PORT must be a whole number from 0 to 65534, not "65535".',
    ],
  ])('%s', async (_name, env, sentence) => {
    const program = start(env)
    expect(await once(program.child, 'close')).toEqual([1, null])
    expect(program.output()).toBe(`${sentence}\n`)
  })
})
