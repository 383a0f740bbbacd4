// Trouble on demand for a peer: the next request, or by chance with a seed. The effect of a request stands in all
// but the first kind: only its answer suffers.
//   POST /__test/fail/503   the next request gets that status, and nothing happens
//   POST /__test/drop       the next write takes effect, its answer is lost
//   POST /__test/chaos?rate=0.2&seed=7   every request by chance: 503, a cut reply, a dropped session; rate=0 ends it
let failing = []
let dropping = 0
let rate = 0
let state = 1

function chance () { // A small generator of its own (mulberry32), so that a seed repeats.
  state = (state + 0x6D2B79F5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

function command (method, url) { // True if it was one.
  if (method !== 'POST' || !url.startsWith('/__test/')) return false
  const asked = new URL(url, 'http://peer')
  const fail = /^\/__test\/fail\/(\d+)$/.exec(asked.pathname)
  if (fail) failing.push(Number(fail[1]))
  else if (asked.pathname === '/__test/drop') dropping++
  else if (asked.pathname === '/__test/chaos') {
    rate = Number(asked.searchParams.get('rate'))
    state = Number(asked.searchParams.get('seed') || 1)
  } else return false
  return true
}

function trouble (write) { // '', a status, 'cut' or 'session'
  if (failing.length) return failing.shift()
  if (write && dropping) { dropping--; return 'cut' }
  if (!rate || chance() >= rate) return ''
  return [503, 'cut', 'session'][Math.floor(chance() * 3)]
}

function cut (req, res) { // The effect is there; of the answer comes at most a half.
  const write = res.write.bind(res)
  res.write = () => true
  res.end = data => {
    if (data?.length > 1) write(data.slice(0, data.length >> 1), () => req.socket.destroy())
    else req.socket.destroy()
    return res
  }
}

module.exports = { command, trouble, cut }
