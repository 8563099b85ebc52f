"""The records of the API, with the members of contract 6 to 11 in their order."""

from sandbox.unit4.layout import Layout, Row

_EDITING = "messages=list canChange=bool cannotChangeReason"

ADMINISTRATION = Layout(
    "administrationId code description shortName groupId=int onlineState=int previousOnlineState=int version=int "
    "backupDate=date reportPath users=list"
)

COMPANY_DETAILS = Layout(
    "administrationCode administrationDescription currencyId currencyDecimals=int approveSalesOrders=bool "
    "customerIdLength=int customerIdPrecededByZeroes=bool autoNumberCustomerId=bool lastUsedOrderId=int "
    "orderIdInterval=int customerDiscountIsOrderDiscount=bool vatEnabled=bool email phone city"
)

_CUSTOMER = (
    "customerId:8 name:40 shortName:8 organizationId=int customerStateId:1 street1:40 street2:40 zipCode:10 city:30 "
    "countryId:3 email:60 telephone:25 mobilePhone:25 fax:25 homepage:65 {person} dateCreated=date dateChanged=date "
    "paymentConditionId:3 vatScenarioId=int? chargeVatTypeId=int includeVatOnOrderByDefault=bool vatNumber:25 "
    "cocRegistration:12 cocCity cocDate=date businessNumber:15 governmentDigitalId languageId:3 currencyId:3 "
    "pricelistId:3 deliveryConditionId:3 accountManagerId:8 revenueAccountId:8 creditLimit=number "
    "discountPercentage=number creditSqueezeId:1 collectiveInvoiceSystemId:3 applyOrderSurcharge=bool "
    "isDunForPayment=bool isInFactoring=bool isPaymentRefRequired=bool isPurchaseOrganization=bool "
    "purchaseOrganizationId:8 purchaseOrganizationMemberId:20 printPurchaseDetails=bool invoiceOnBehalfOfMembers=bool "
    "combineInvoicesForElectronicBanking=bool usesUBLInvoice=bool customerGroupId=int vatVerificationDate=date "
    "intrastatGoodsCodeId=int? intrastatGoodsDistributionId=int? intrastatStatSystemId=int? "
    "intrastatTrafficRegionId=int? intrastatTransactionTypeId=text? intrastatTransportTypeId=int? "
)
_CUSTOMER_EMPTY: Row = {"customerStateId": "A", "creditSqueezeId": "0"}

CUSTOMER_INFO = Layout(_CUSTOMER.format(person="contactPerson customerOrganizationId=int"), **_CUSTOMER_EMPTY)
CUSTOMER = Layout(
    _CUSTOMER.format(person="person:55")
    + "addresses=list fullAddress fullDeliveryAddress hasOutstandingBalance=bool supplierId:8 database "
    + f"customProperties=object {_EDITING}",
    computed="organizationId dateCreated dateChanged fullAddress fullDeliveryAddress hasOutstandingBalance database "
    "messages canChange cannotChangeReason",
    canChange=True,
    **_CUSTOMER_EMPTY,
)

_ADDRESS = (
    "addressGuid addressId=int addressType=int organizationId=int name:40 contactPerson:55 street1:40 street2:40 "
    "zipCode:10 city:30 countryId:3 email:60 telephone:25 fax:25 languageId:3 fullAddress "
)
ADDRESS_INFO = Layout(_ADDRESS)
ADDRESS = Layout(
    _ADDRESS + f"{_EDITING} customProperties=object",
    computed="addressGuid addressId fullAddress messages canChange cannotChangeReason customProperties",
    canChange=True,
)

ORGANIZATION_INFO = Layout(
    "organizationId=int name shortName organizationStateId street1 street2 zipCode city countryId email telephone "
    "mobilePhone fax homepage cocRegistration vatNumber",
    organizationStateId="A",
)

CONTACT_INFO = Layout(
    "contactId departmentDescription departmentId email fax firstName fullName genderId initials jobTitle "
    "jobTitleDescription mobilePhone name organizationId=int salutation telephone titlePrefix titleSuffix"
)

_PRINT = "printOnInvoice=bool printOnQuote=bool printOnShippingOrder=bool printOnWarehouseOrder=bool "
_PRODUCT_EMPTY: Row = {
    "pricePer": 1.0, "vatCodeId": 1, "printOnInvoice": True, "printOnQuote": True,
    "printOnShippingOrder": True, "printOnWarehouseOrder": True,
}  # fmt: skip

PRODUCT_INFO = Layout(
    "productId:14 description shortName productGroupId productType=int productState=int priceExclVat=number "
    "priceInclVat=number pricePer=number unit:6 quantityScale=int vatCodeId=int dateCreated=date lastUpdate=date "
    "eanCode accountId discountAccountId coverageAccountId technicalStock=number stockTransferPrice=number "
    "weight=number projectSurcharge=number intrastatCode=int purchaseOrderSequenceNumber=int projectEntryType "
    + _PRINT,
    projectEntryType="0",
    **_PRODUCT_EMPTY,
)
PRODUCT = Layout(
    "productId:14 description shortName productGroupId productType=int productState=int priceVatExcl=number "
    "priceVatIncl=number pricePer=number unit:6 quantityScale=int vatCodeId=int dateCreated=date lastUpdate=date "
    "eanCode accountId discountAccountId coverageAccountId stockTransferPrice=number weight=number "
    "intrastatCode=int projectEntryType=int "
    + _PRINT
    + "components=list productDescriptions=list productSuppliers=list stocks=list currentStock=number minStock=number "
    "maxStock=number margin=number additionalUnits=number productDiscountGroupId publishOnWeb=bool "
    "projectSurchargePerc=number purchaseOrderCount=int stockTransactionCount=int constellationNotition "
    f"customProperties=object {_EDITING}",
    computed="dateCreated lastUpdate stocks currentStock purchaseOrderCount stockTransactionCount messages canChange "
    "cannotChangeReason",
    canChange=True,
    **_PRODUCT_EMPTY,
)
PRODUCT_DESCRIPTION = Layout("languageId:3 description unit:6")
STOCK = Layout(
    "warehouseId description location technicalStock=number availableStock=number economicalStock=number "
    "minimumStock=number maximumStock=number quantityReserved=number quantityOrdered=number "
    "quantityOrderedSales=number quantityClearedForDelivery=number quantityToDeliver=number canChange=bool "
    "cannotChangeReason"
)
COMPONENT = Layout(
    "productId:14 description quantity=number numberOfDecimals=int priceExclVat=number priceInclVat=number "
    "pricePer=number productType=int unit:6 transferPrice=number totalTransferPrice=number warehouseId "
    "dateCreated=date canChange=bool cannotChangeReason customProperties=object"
)
PRODUCT_SUPPLIER = Layout(
    "productSupplierId currencyId partNumber preferred=bool price=number discountPercentage=number "
    "minOrderQuantity=number purchaseSurchargePercentage=number canChange=bool cannotChangeReason "
    "customProperties=object"
)

PRODUCT_GROUP = Layout(
    f"productGroupId:8 description projectSurchargePercentage=number relations=list? {_EDITING}",
    computed="messages canChange cannotChangeReason",
    canChange=True,
)
PRODUCT_GROUP_RELATION = Layout(
    "fiscalYear=int productGroupId revenueAccountId:8 discountAccountId:8 canChange=bool cannotChangeReason",
    computed="productGroupId canChange cannotChangeReason",
    canChange=True,
)

ORDER = Layout(
    "orderId orderType=int orderDate=date customerId:8 paymentConditionId:3 vatScenarioId=int? chargeVatType=int "
    "reference:60 orderLines=list orderState=int approved=bool approvedBy:8 blocked=bool processedBy:55 "
    "processedById:8 contactPerson contactPersonId accountManager accountManagerId:8 deliveryAddress:254 "
    "invoiceAddress:254 currencyId:3 costCentreId costUnitId projectId mandateId:12 mainOrderId deliveryConditionId:3 "
    "collectiveInvoiceSystemId:3 customerCountryId discountPercentage=number creditSqueezePerc=number "
    "paymentDiscountPercentage=number applyOrderSurcharge=bool orderSurcharge=number orderSurchargeVatCodeId=int "
    "autoUnmatchToPurchase=bool matchedToPurchase=bool kvcPaymentCondition=bool autoSetDefaultChargeVatType=bool "
    "intrastatEntry=object? totalGoodsAmount=number totalVatAmount=number totalOrderAmount=number "
    f"totalDiscountAmount=number totalCreditSqueezeAmount=number customProperties=object {_EDITING}",
    computed="matchedToPurchase totalGoodsAmount totalVatAmount totalOrderAmount totalDiscountAmount "
    "totalCreditSqueezeAmount messages canChange cannotChangeReason",
    orderState=1,
    canChange=True,
)
INTRASTAT_ENTRY = Layout(
    f"country goodsFlowId=int? regionId=int? transactionTypeId=int? transportId=int? {_EDITING}",
    computed="messages canChange cannotChangeReason",
    canChange=True,
)
ORDER_LINE = Layout(
    "orderLineId=int orderLineType=int productId:14 description:254 quantityOrdered=number quantityDelivered=number "
    "quantityToDeliver=number quantityBackorder=number quantityScale=int autoCalculatePrice=bool price=number "
    "pricePer=number discount=number unit:6 vatCodeId=int accountId:8 discountAccountId:8 costCentreId:8 costUnitId:8 "
    "warehouseId deliveryDate=date orderLineAmount=number pickListText=bool matchedToPurchase=bool "
    "autoUnmatchToPurchase=bool canChange=bool cannotChangeReason messages=list customProperties=object",
    computed="matchedToPurchase canChange cannotChangeReason messages customProperties",
    pricePer=1.0,
    canChange=True,
)

ORDER_INFO = Layout(
    "orderId orderType stateId orderDate=date customerId customerName customerIdForInvoice reference "
    "amountExclVat=number amountInclVat=number vatAmount=number discountAmount=number discountPercentage=number "
    "creditSqueezeAmount=number creditSqueezePercentage=number invoiceId invoiceDate=date fiscalYear=int "
    "periodNumber=int journalId isApproved=bool isBlocked=bool isBlockedByMargin=bool printCounter=int "
    "paymentConditionId paymentConditionDescription deliveryAddress deliveryAddressId=int invoiceAddress "
    "vatScenarioId=int? chargeVatType=int currencyId currencyDescription currencyIsoCurrencyId projectId "
    "projectOrderInvoicingType=int subscriptionId mainOrderId accountManager accountManagerId contactPerson "
    "contactPersonId processedBy processedById costCentreId costUnitId collectiveInvoiceSystemId "
    "countryOfDestinationId deliveryConditionId deliveryConditionDescription languageId paymentAmount1=number "
    "paymentAmount2=number paymentDiscountAmount=number paymentDiscountPercentage=number paymentId1 paymentId2 "
    "purchaseOrganizationMemberId shippingAgentId cargoWeight=number packages=int pallets=int goodsFlowId=int? "
    "regionId=int? statisticalSystemIdOfGoodsFlow=int? transactionTypeId=int? transportById=int? "
    "totalMarginAmount=number totalMarginPercentage=number orderLines=list? orderVatLines=list?"
)
ORDER_LINE_INFO = Layout(
    "orderId orderLineId=int orderLineType=int productId productDescription description reference orderDate=date "
    "quantityOrdered=number quantityDelivered=number quantityToDeliver=number quantityBackorder=number "
    "quantityScale=int price=number pricePer=number discount=number unit vatCodeId=int vatPercentage=number "
    "amountExclVat=number amountInclVat=number accountId discountAccountId costCentreId costUnitId warehouseId "
    "deliveryDate=date pickListText=bool constellationGuid declarable=bool employeeId hourType marginAmount=number "
    "marginPercentage=number projectCostPrice=number projectCosts=number projectEntryType=int projectTermId=int? "
    "stockTransferPrice=number subProjectId weekNumber=int workOrderNumber"
)
ORDER_VAT_LINE = Layout(
    "vatCodeId=int vatPercentage=number vatBaseAmount=number vatAmount=number goodsAmount=number "
    "discountAmount=number creditSqueezeAmount=number creditSqueezePercentage=number"
)

PAYMENT_CONDITION_INFO = Layout(
    "paymentConditionId description expirationDays=int rebateDays=int rebatePercentage=number isPreferred=bool "
    "isPayable=bool isCollectable=bool isSepa=bool isKvc=bool paymentConditionType",
    isPayable=True,
    paymentConditionType="D",
)
VAT_CODE_INFO = Layout("vatCodeId=int description vatPercentage=number vatPercentagesByDate=list")
CUSTOM_FIELD = Layout(
    "name title groupName type=int entity=int constraintEntity=int constraints=list appliedToEntity=int length=int "
    "isRequired=bool allowedValues=list mask minValue=int? maxValue=int? digitsBeforeSeperator=int "
    "digitsAfterSeperator=int"
)
SUPPLIER_INFO = Layout(
    "supplierId name shortName organizationId=int supplierStateId street1 street2 zipCode city countryId email "
    "telephone mobilePhone fax homepage contactPerson dateCreated=date dateChanged=date paymentConditionId vatNumber "
    "cocRegistration languageId currencyId",
    supplierStateId="A",
)
JOURNAL_INFO = Layout("journalId description journalType=int accountId currencyId isActive=bool", isActive=True)
CUSTOMER_GROUP_INFO = Layout("customerGroupId=int fiscalYear=int ledgerAccountId")
NOTE = Layout(
    f"noteId=int description text noteType=int noteOrigin=int organizationId=int customerId:8 supplierId:8 document "
    f"date=date isHandled=bool {_EDITING}",
    computed="noteId messages canChange cannotChangeReason",
    canChange=True,
)
