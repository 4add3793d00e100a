import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { baseUrl, createWorld, outlives } from './world.test-support.ts'

/** A server without sessions: one for each request. */
async function api(request: Request): Promise<Response> {
  const server = new McpServer({ name: 'fleet', version: '1.0.0' })
  server.registerTool('vehicle', { inputSchema: { id: z.number() } }, ({ id }) => ({
    content: [{ type: 'text', text: `vehicle ${id}` }],
  }))
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  return transport.handleRequest(request)
}

test('tokens.fetch works with the client of the MCP TypeScript SDK', async () => {
  const world = createWorld(api)
  const client = new Client({ name: 'works-with', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(`${baseUrl}mcp`), { fetch: world.tokens.fetch })
  await client.connect(transport)
  await outlives(world, async () => {
    const result = await client.callTool({ name: 'vehicle', arguments: { id: 7 } })
    expect(result.content).toEqual([{ type: 'text', text: 'vehicle 7' }])
  })
  await client.close()
})
