// As much of S/4HANA's API_SALES_ORDER_SRV as an order needs; names, types and lengths are those SAP publishes.
@path: 'API_SALES_ORDER_SRV'
service API_SALES_ORDER_SRV {

  entity A_SalesOrder {
    key SalesOrder              : String(10);
        SalesOrderType          : String(4)  @mandatory;
        SalesOrganization       : String(4)  @mandatory;
        DistributionChannel     : String(2)  @mandatory;
        OrganizationDivision    : String(2)  @mandatory;
        SoldToParty             : String(10) @mandatory;
        CreationDate            : Date       @Core.Computed @cds.on.insert: $now;
        @odata.etag
        LastChangeDateTime      : Timestamp  @Core.Computed @cds.on.insert: $now @cds.on.update: $now;
        ExternalDocumentID      : String(40) @Core.Computed;
        PurchaseOrderByCustomer : String(35);
        PurchaseOrderByShipToParty : String(35);
        CustomerPurchaseOrderType: String(4);
        CustomerPurchaseOrderDate: Date;
        SalesOrderDate          : Date;
        TotalNetAmount          : Decimal(16,3) @Core.Computed;
        TransactionCurrency     : String(5);
        RequestedDeliveryDate   : Date;
        OverallSDProcessStatus  : String(1)  @Core.Computed;
        to_Item                 : Composition of many A_SalesOrderItem on to_Item.to_SalesOrder = $self;
        to_Partner              : Composition of many A_SalesOrderHeaderPartner on to_Partner.to_SalesOrder = $self;
        to_Text                 : Composition of many A_SalesOrderText on to_Text.to_SalesOrder = $self;
  }

  entity A_SalesOrderItem {
    key SalesOrder              : String(10);
    key SalesOrderItem          : String(6);
        SalesOrderItemCategory  : String(4);
        SalesOrderItemText      : String(40);
        PurchaseOrderByCustomer : String(35);
        Material                : String(40) @mandatory;
        MaterialByCustomer      : String(35);
        RequestedQuantity       : Decimal(15,3) @mandatory;
        RequestedQuantityUnit   : String(3);
        NetAmount               : Decimal(16,3) @Core.Computed;
        SalesDocumentRjcnReason : String(2);
        @odata.etag
        LastChangeDateTime      : Timestamp @cds.on.insert: $now @cds.on.update: $now;
        TransactionCurrency     : String(5);
        to_SalesOrder           : Association to A_SalesOrder on to_SalesOrder.SalesOrder = SalesOrder;
        to_PricingElement       : Composition of many A_SalesOrderItemPrElement
                                    on to_PricingElement.SalesOrder = SalesOrder
                                   and to_PricingElement.SalesOrderItem = SalesOrderItem;
  }

  entity A_SalesOrderItemPrElement {
    key SalesOrder              : String(10);
    key SalesOrderItem          : String(6);
    key PricingProcedureStep    : String(3);
    key PricingProcedureCounter : String(3);
        ConditionType           : String(4);
        ConditionRateValue      : Decimal(24,9);
        ConditionCurrency       : String(5);
        ConditionQuantity       : Decimal(5,0);
        ConditionQuantityUnit   : String(3);
  }

  entity A_SalesOrderHeaderPartner {
    key SalesOrder              : String(10);
    key PartnerFunction         : String(2);
        Customer                : String(10);
        Supplier                : String(10);
        Personnel               : String(8);
        ContactPerson           : String(10);
        ReferenceBusinessPartner: String(10) @Core.Computed;
        AddressID               : String(10) @Core.Computed;
        VATRegistration         : String(20) @Core.Computed;
        to_SalesOrder           : Association to A_SalesOrder on to_SalesOrder.SalesOrder = SalesOrder;
        to_Address              : Composition of many A_SalesOrderPartnerAddress
                                    on to_Address.SalesOrder = SalesOrder
                                   and to_Address.PartnerFunction = PartnerFunction;
  }

  // All but the keys may be left out, as in the service's $metadata.
  entity A_SalesOrderPartnerAddress {
    key SalesOrder              : String(10);
    key PartnerFunction         : String(2);
    key AddressRepresentationCode : String(1);
        CorrespondenceLanguage  : String(2);
        AddresseeFullName       : String(80);
        OrganizationName1       : String(40);
        OrganizationName2       : String(40);
        OrganizationName3       : String(40);
        OrganizationName4       : String(40);
        CityName                : String(40);
        DistrictName            : String(40);
        PostalCode              : String(10);
        StreetPrefixName1       : String(40);
        StreetPrefixName2       : String(40);
        StreetName              : String(60);
        StreetSuffixName1       : String(40);
        StreetSuffixName2       : String(40);
        HouseNumber             : String(10);
        Country                 : String(3);
        Region                  : String(3);
        FormOfAddress           : String(4);
        TaxJurisdiction         : String(15);
        TransportZone           : String(10);
        POBox                   : String(10);
        POBoxPostalCode         : String(10);
        EmailAddress            : String(241);
        MobilePhoneCountry      : String(3);
        MobileNumber            : String(30);
        PhoneNumberCountry      : String(3);
        PhoneNumber             : String(30);
        PhoneExtensionNumber    : String(10);
        FaxNumberCountry        : String(3);
        FaxAreaCodeSubscriberNumber : String(30);
        FaxExtensionNumber      : String(10);
  }

  entity A_SalesOrderText {
    key SalesOrder              : String(10);
    key Language                : String(2);
    key LongTextID              : String(4);
        LongText                : LargeString;
        to_SalesOrder           : Association to A_SalesOrder on to_SalesOrder.SalesOrder = SalesOrder;
  }
}
