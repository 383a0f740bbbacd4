// A front like Segment's Tracking API: write key, duplicates by messageId, a log. The judge is Segment's own code.
const http = require('node:http')
const zlib = require('node:zlib')
const chaos = require('./chaos.js')
const { judge, countryOf } = require('./judge.js')
const KEY = process.env.WRITE_KEY || 'WRITEKEY'
const seen = new Set()
const log = []
let queue = Promise.resolve() // One event at a time: the judge collects what it sends in one place.

async function take (event) {
  if (seen.has(event.messageId)) return log.push({ messageId: event.messageId, duplicate: true })
  seen.add(event.messageId)
  const record = { messageId: event.messageId, event, country: countryOf(event) }
  log.push(record)
  try { record.ga4 = await judge(event) } catch (objection) { record.rejected = objection.message }
}

function answer (res, status, data) {
  res.writeHead(status, { 'content-type': 'application/json', ...(status === 429 ? { 'retry-after': '1' } : {}) })
  res.end(JSON.stringify(data))
}

async function handle (req, res, body) {
  if (chaos.command(req.method, req.url)) return answer(res, 200, {})
  if (req.method === 'GET' && req.url === '/__test/events') return answer(res, 200, log)
  const kind = chaos.trouble(true)
  if (typeof kind === 'number') return answer(res, kind, { code: 'fault', message: 'on demand' })
  if (kind === 'cut') chaos.cut(req, res)
  const key = Buffer.from((req.headers.authorization || '').replace(/^Basic /, ''), 'base64').toString().split(':')[0]
  if (key !== KEY) return answer(res, 401, { code: 'unauthorized', message: 'invalid write key' })
  let data
  try { data = JSON.parse(req.headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(body) : body) } catch {
    return answer(res, 400, { code: 'invalid_request', message: 'malformed JSON' })
  }
  if (body.length > 512000) return answer(res, 400, { code: 'too_large', message: 'payload too large' })
  for (const event of data.batch || [data]) await (queue = queue.then(() => take(event)))
  answer(res, 200, { success: true })
}

http.createServer((req, res) => {
  const parts = []
  req.on('data', part => parts.push(part)).on('end', () => handle(req, res, Buffer.concat(parts)))
}).listen(Number(process.env.PORT), '127.0.0.1')
