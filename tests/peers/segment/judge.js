// Segment's own destination code makes of an event what it would send to Google Analytics 4. No network: nock answers.
const nock = require('nock')
nock.disableNetConnect()
nock.enableNetConnect('127.0.0.1')
const sent = []
nock('https://www.google-analytics.com').persist().post(/.*/).reply((uri, body) => { sent.push(body); return [200, {}] })
const { Destination, defaultValues } = require('@segment/actions-core')
const loaded = require('@segment/action-destinations/dist/destinations/google-analytics-4')
const definition = loaded.default || loaded
const purchase = definition.actions.purchase

async function judge (event) { // What GA4 would get; throws what Segment's code objects to.
  const mapping = { ...defaultValues(purchase.fields), client_id: { '@path': '$.userId' } }
  const subscription = { partnerAction: 'purchase', subscribe: purchase.defaultSubscription, mapping }
  sent.length = 0
  const settings = { measurementId: 'G-TEST', apiSecret: 'x', subscriptions: [subscription] }
  await new Destination(definition).onEvent(event, settings)
  return sent.pop()
}
module.exports = { judge }
