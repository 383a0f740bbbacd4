// Segment's own destination code makes of an event what it would send to Google Analytics 4. No network: nock answers.
const nock = require('nock')
nock.disableNetConnect()
nock.enableNetConnect('127.0.0.1')
const sent = []
nock('https://www.google-analytics.com').persist().post(/.*/).reply((uri, body) => { sent.push(body); return [200, {}] })
const { Destination, defaultValues, transform } = require('@segment/actions-core')
const loaded = require('@segment/action-destinations/dist/destinations/google-analytics-4')
const definition = loaded.default || loaded
const purchase = definition.actions.purchase
const other = require('@segment/action-destinations/dist/destinations/amplitude')
const { country } = (other.default || other).actions.logPurchase.fields

async function judge (event) { // What GA4 would get; throws what Segment's code objects to.
  const mapping = { ...defaultValues(purchase.fields), client_id: { '@path': '$.userId' } }
  const subscription = { partnerAction: 'purchase', subscribe: purchase.defaultSubscription, mapping }
  sent.length = 0
  const settings = { measurementId: 'G-TEST', apiSecret: 'x', subscriptions: [subscription] }
  await new Destination(definition).onEvent(event, settings)
  return sent.pop()
}
// Which country another of Segment's destinations, Amplitude, reads of the event.
const countryOf = event => transform({ country: country.default }, event).country || ''
module.exports = { judge, countryOf }
