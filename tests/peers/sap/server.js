// What stands before the OData service in a real system: logon, session cookie, CSRF token; and trouble on demand.
const cds = require('@sap/cds')
const crypto = require('node:crypto')
const chaos = require('./chaos.js')
const SERVICES = '/sap/opu/odata/sap'
const COOKIE = 'SAP_SESSIONID_S4H_100'
const sessions = new Map()
// How the CSRF check behaves: 'required' as documented, 'words' without the header, 'off' gives no token and wants none.
//   POST /__test/csrf/words
let csrfMode = 'required'
const secret = size => crypto.randomBytes(size).toString('base64url')

function logon (req, res, next) {
  const [user, password] = [process.env.SAP_USER || 'SHOP', process.env.SAP_PASSWORD || 'secret']
  if (req.headers.authorization === 'Basic ' + Buffer.from(`${user}:${password}`).toString('base64')) return next()
  res.set('WWW-Authenticate', 'Basic realm="SAP NetWeaver Application Server [S4H/100]"')
  res.status(401).type('html').send('<html><head><title>Logon Error Message</title></head></html>')
}

function trouble (req, res, next) {
  const kind = chaos.trouble(!['GET', 'HEAD'].includes(req.method))
  if (typeof kind === 'number') return res.status(kind).type('html').send('<html>Application Server Error</html>')
  if (kind === 'cut') chaos.cut(req, res)
  if (kind === 'session') sessions.clear()
  next()
}

function csrfCommand (req, res, next) {
  const asked = req.method === 'POST' && /^\/__test\/csrf\/(required|words|off)$/.exec(req.url)
  if (!asked) return next()
  csrfMode = asked[1]
  sessions.clear()
  res.sendStatus(204)
}

function csrf (req, res, next) {
  if (csrfMode === 'off') return next()
  const session = new RegExp(`${COOKIE}=([^;]+)`).exec(req.headers.cookie || '')?.[1]
  const asked = String(req.headers['x-csrf-token'] || '')
  if (['GET', 'HEAD', 'OPTIONS'].includes(req.method)) {
    if (asked.toLowerCase() === 'fetch') {
      const id = sessions.has(session) ? session : secret(16)
      if (id !== session) {
        sessions.set(id, secret(16))
        res.append('Set-Cookie', `${COOKIE}=${id}; path=/; HttpOnly`)
      }
      res.set('x-csrf-token', sessions.get(id))
    }
    return next()
  }
  if (session && sessions.get(session) === asked) return next()
  if (csrfMode === 'required') res.set('x-csrf-token', 'Required')
  res.status(403).type('text/plain').send('CSRF token validation failed')
}

cds.prependListener('bootstrap', app => {
  const listen = app.listen
  app.listen = port => listen.call(app, port, '127.0.0.1') // CAP would listen on all interfaces.
  app.use(csrfCommand)
  app.use((req, res, next) => chaos.command(req.method, req.url) ? res.sendStatus(204) : next())
  app.use(SERVICES, logon, trouble, csrf)
})
module.exports = cds.server
