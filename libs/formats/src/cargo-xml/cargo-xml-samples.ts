/** Cargo-XML messages that show the format, and one for each kind of fault. */
import type { FormatSample } from '../format-sample.js';
import { toXfsu, type XfsuStatus } from './xfsu-message.js';

const departure: XfsuStatus = {
  awb: '172-12345675',
  origin: 'CGO',
  destination: 'LUX',
  pieces: 20,
  weightKilograms: 1450.5,
  code: 'DEP',
  airport: 'CGO',
  time: '2026-03-03T12:20:00',
  flight: 'CV9727',
  ulds: ['PMC72534CV', 'AKE12345CV'],
};
const valid = toXfsu(departure);

const waybill = `<?xml version="1.0" encoding="UTF-8"?>
<ns2:Waybill xmlns="iata:datamodel:3" xmlns:ns2="iata:waybill:1">
  <ns2:MessageHeaderDocument>
    <TypeCode>740</TypeCode>
    <IssueDateTime>2026-03-02T16:00:00+08:00</IssueDateTime>
    <PurposeCode>Creation</PurposeCode>
  </ns2:MessageHeaderDocument>
  <ns2:BusinessHeaderDocument>
    <ID>172-12345675</ID>
  </ns2:BusinessHeaderDocument>
  <ns2:MasterConsignment>
    <IncludedTareGrossWeightMeasure unitCode="KGM">1450.5</IncludedTareGrossWeightMeasure>
    <TotalPieceQuantity>20</TotalPieceQuantity>
    <OriginLocation>
      <ID>CGO</ID>
    </OriginLocation>
    <FinalDestinationLocation>
      <ID>LUX</ID>
    </FinalDestinationLocation>
    <SpecifiedLogisticsTransportMovement>
      <ID>CV9727</ID>
      <DepartureEvent>
        <ScheduledOccurrenceDateTime>2026-03-03T12:00:00</ScheduledOccurrenceDateTime>
      </DepartureEvent>
    </SpecifiedLogisticsTransportMovement>
  </ns2:MasterConsignment>
</ns2:Waybill>
`;

const houseWaybill = `<?xml version="1.0" encoding="UTF-8"?>
<HouseWaybill xmlns="iata:housewaybill:1">
  <BusinessHeaderDocument>
    <ID>ZZ26030001</ID>
    <SignatoryCarrierAuthentication>
      <ActualDateTime>2026-03-02T00:00:00</ActualDateTime>
    </SignatoryCarrierAuthentication>
  </BusinessHeaderDocument>
  <MasterConsignment>
    <TotalPieceQuantity>20</TotalPieceQuantity>
    <TransportContractDocument>
      <ID>172-12345675</ID>
    </TransportContractDocument>
    <IncludedHouseConsignment>
      <IncludedTareGrossWeightMeasure unitCode="LBR">220</IncludedTareGrossWeightMeasure>
      <TotalPieceQuantity>4</TotalPieceQuantity>
      <OriginLocation>
        <ID>CGO</ID>
      </OriginLocation>
      <FinalDestinationLocation>
        <ID>FRA</ID>
      </FinalDestinationLocation>
    </IncludedHouseConsignment>
  </MasterConsignment>
</HouseWaybill>
`;

const invalid = (name: string, says: string, text: string): FormatSample => ({ name, valid: false, says, text });

export const cargoXmlSamples: readonly FormatSample[] = [
  {
    name: 'xfsu-departed',
    valid: true,
    says: '172-12345675 from Zhengzhou to Luxembourg, 20 pieces, 1450.5 kg, departed with CV9727 at 12:20 local time.',
    text: valid,
  },
  {
    name: 'xfsu-received-from-flight',
    valid: true,
    says: '172-20260704 from Luxembourg is received from flight CV9726 at Zhengzhou, where it counts.',
    text: toXfsu({
      ...departure,
      awb: '172-20260704',
      origin: 'LUX',
      destination: 'CGO',
      code: 'RCF',
      time: '2026-03-04T01:10:00Z',
      flight: 'CV9726',
    }),
  },
  {
    name: 'xfsu-departure-estimated',
    valid: true,
    says: 'The departure is an estimate: it is kept and does not count.',
    text: toXfsu({ ...departure, timeType: 'E' }),
  },
  { name: 'xfwb-booked', valid: true, says: 'The air waybill is booked on CV9727 of 3 March.', text: waybill },
  {
    name: 'xfzb-house',
    valid: true,
    says: 'House waybill ZZ26030001 of the air waybill: 4 pieces, 220 lb, to Frankfurt.',
    text: houseWaybill,
  },
  invalid('not-closed', 'The document ends before its elements do.', valid.slice(0, 400)),
  invalid('with-doctype', 'A DOCTYPE is not taken.', valid.replace('<StatusMessage', '<!DOCTYPE a>\n<StatusMessage')),
  invalid(
    'awb-check-digit',
    'The check digit of the air waybill is wrong.',
    valid.replace('172-12345675', '172-12345674'),
  ),
  invalid('unknown-airport', 'No airport has the code QQQ.', toXfsu({ ...departure, airport: 'QQQ' })),
  invalid('time-missing', 'The status tells no time.', valid.replace(/ *<OccurrenceDateTime>.*\n/, '')),
  invalid('bad-time', 'There is no 30 February.', toXfsu({ ...departure, time: '2026-02-30T10:00:00' })),
  invalid('bad-weight', 'The weight is no number.', valid.replaceAll('1450.5', '1,450.5')),
  invalid('no-status', 'The message has no status.', valid.replaceAll('ReportedStatus', 'RequestedStatus')),
  invalid(
    'other-message',
    'A flight manifest tells no events here.',
    valid.replaceAll('StatusMessage', 'FlightManifest'),
  ),
];
