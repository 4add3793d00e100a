import { createServer } from 'node:http'

// The API that is measured against: 1 kB of JSON at every path, and below /stream as many bytes as the query says.
const json = JSON.stringify({ name: 'Record', text: 'x'.repeat(990) })
const block = Buffer.alloc(65_536, 'x')

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://upstream')
  if (url.pathname !== '/v1/stream') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length })
    response.end(json)
    return
  }
  let left = Number(url.searchParams.get('bytes'))
  const more = (): void => {
    while (left > 0) {
      left -= block.length
      if (!response.write(block)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit())
