/** Writes XFSU messages, for samples and for carriers who speak Cargo-XML to others. */
import { writeXml } from '../xml/xml-writing.js';

/** One status of an air waybill. Airports are IATA codes. */
export interface XfsuStatus {
  /** `172-12345675`. */
  readonly awb: string;
  readonly origin: string;
  readonly destination: string;
  readonly pieces: number;
  readonly weightKilograms: number;
  /** `DEP`. */
  readonly code: string;
  readonly airport: string;
  /** With an offset, or on the airport's clock. */
  readonly time: string;
  /** Actual where it is not given. */
  readonly timeType?: 'A' | 'E' | 'S';
  readonly flight?: string;
  /** Whole numbers: `PMC72534CV`. */
  readonly ulds?: readonly string[];
}

/** An XFSU with one status, which reads back as the event of that status. */
export function toXfsu(status: XfsuStatus): string {
  const quantities = { GrossWeightMeasure: status.weightKilograms, PieceQuantity: status.pieces };
  return writeXml(
    'StatusMessage',
    { xmlns: 'iata:statusmessage:1' },
    {
      MessageHeaderDocument: { TypeCode: '785', PurposeCode: 'Creation' },
      MasterConsignment: {
        ...quantities,
        TransportSplitDescription: 'T',
        TransportContractDocument: { ID: status.awb, TypeCode: '740' },
        OriginLocation: { ID: status.origin },
        FinalDestinationLocation: { ID: status.destination },
        ReportedStatus: {
          ReasonCode: status.code,
          AssociatedStatusConsignment: {
            ...quantities,
            TransportSplitDescription: 'T',
            UtilizedUnitLoadTransportEquipment: status.ulds?.map((id) => ({ ID: id })),
            SpecifiedLogisticsTransportMovement: {
              ID: status.flight,
              SpecifiedLocation: { ID: status.airport, TypeCode: 'Airport' },
              SpecifiedEvent: {
                OccurrenceDateTime: status.time,
                DateTimeTypeCode: status.timeType ?? 'A',
              },
            },
          },
        },
      },
    },
  );
}
