// What a real system adds of its own: the number range, item numbers, net amounts, and some looks at master data.
const cds = require('@sap/cds')
const COUNTRIES = require('../countries.js')
// In English: sold-to, ship-to, bill-to, payer, contact, forwarding agent, responsible employee.
const FUNCTIONS = new Set(['SP', 'SH', 'BP', 'PY', 'CP', 'SF', 'ER'])
module.exports = class API_SALES_ORDER_SRV extends cds.ApplicationService {
  init () {
    const { A_SalesOrder } = this.entities
    const KNOWN_CUSTOMERS = new Set(['17100001', '10100001'])
    const UNKNOWN_MATERIAL = /^NO-/
    let next = 1
    // Before CAP looks for keys and mandatory fields.
    this.before('CREATE', A_SalesOrder, req => {
      const so = req.data
      so.SalesOrder = String(next++).padStart(10, '0')
      for (const partner of so.to_Partner || []) {
        partner.SalesOrder = so.SalesOrder
        for (const address of partner.to_Address || []) {
          Object.assign(address, { SalesOrder: so.SalesOrder, PartnerFunction: partner.PartnerFunction })
          address.AddressRepresentationCode ||= ''
        }
      }
      let pos = 0, total = 0
      if (!so.to_Item?.length) return
      for (const it of so.to_Item) {
        pos += 10
        it.SalesOrder = so.SalesOrder
        it.SalesOrderItem = it.SalesOrderItem || String(pos)
        it.RequestedQuantityUnit ||= 'PC'
        it.TransactionCurrency = so.TransactionCurrency
        let net = 0, step = 10
        for (const pe of it.to_PricingElement || []) {
          pe.SalesOrder = so.SalesOrder; pe.SalesOrderItem = it.SalesOrderItem
          pe.PricingProcedureStep ||= String(step++); pe.PricingProcedureCounter ||= '1'
          net += Number(pe.ConditionRateValue || 0) * Number(it.RequestedQuantity)
        }
        it.NetAmount = net.toFixed(3); total += net
      }
      so.TotalNetAmount = total.toFixed(3)
      so.OverallSDProcessStatus = 'A'
    })
    this.before('CREATE', A_SalesOrder, req => {
      const so = req.data
      if (so.SoldToParty && !KNOWN_CUSTOMERS.has(so.SoldToParty))
        req.error({ status: 400, code: 'VP/199', target: 'SoldToParty',
          message: `Sold-to party ${so.SoldToParty} not maintained for sales area ${so.SalesOrganization} ${so.DistributionChannel} ${so.OrganizationDivision}` })
      for (const { PartnerFunction, Customer, to_Address } of so.to_Partner || []) {
        if (!FUNCTIONS.has(PartnerFunction))
          req.error({ status: 400, code: 'VP/107', target: 'to_Partner', message: `Partner function ${PartnerFunction} is not defined` })
        if (!KNOWN_CUSTOMERS.has(Customer))
          req.error({ status: 400, code: 'VP/204', target: 'to_Partner', message: `Customer ${Customer} is not maintained for this sales area` })
        for (const { Country } of to_Address || [])
          if (!COUNTRIES.has(Country))
            req.error({ status: 400, code: 'AM/213', target: 'to_Address', message: `Country ${Country} is not defined` })
      }
      for (const it of so.to_Item || [])
        if (UNKNOWN_MATERIAL.test(it.Material || ''))
          req.error({ status: 400, code: 'V1/302', target: 'to_Item', message: `Material ${it.Material} not defined for sales org.` })
    })
    // What else a real system says, for orders whose text asks for it: a lock, a quotation, a warning beside a success.
    this.before('CREATE', A_SalesOrder, req => {
      const text = req.data.to_Text?.[0]?.LongText || ''
      if (text.includes('LOCK')) {
        req.error({ status: 400, code: 'V1/042', message: 'Customer is currently locked by user X' })
        req.error({ status: 400, code: 'V1/311', message: 'Sales order was not saved' })
      }
      if (text.includes('QUOTE')) req.error({ status: 400, code: 'TD/600', message: `Text of ${text} has an error` })
      if (text.includes('WARN')) {
        req.warn({ code: 'V1/555', message: 'The sales document is not yet complete – edit data' })
        req.info({ code: 'V1/311', message: 'Standard order was saved' })
      }
      if (text.includes('INFO')) req.info({ code: 'V1/311', message: 'Standard order was saved' })
    })
    return super.init()
  }
}
