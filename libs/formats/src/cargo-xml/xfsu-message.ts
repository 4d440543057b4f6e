/** The text of an XFSU: for samples, and for events on their way back. */
import { writeXml } from '../xml/xml-writing.js';

/** One status of an air waybill. Airports are IATA codes, weights kilograms. */
export interface XfsuStatus {
  /** `172-12345675`. */
  readonly awb: string;
  readonly origin?: string | undefined;
  readonly destination?: string | undefined;
  /** Of the status, and of the whole waybill where nothing else is told of that. */
  readonly pieces?: number | undefined;
  readonly weightKilograms?: number | string | undefined;
  /** Of the waybill, where the status is about a part of it. */
  readonly whole?: { readonly pieces: number; readonly weightKilograms?: number | string | undefined } | undefined;
  /** `DEP`. */
  readonly code: string;
  readonly airport: string;
  /** With an offset, or on the airport's clock. */
  readonly time: string;
  /** Actual where it is not given. */
  readonly timeType?: 'A' | 'E' | 'S';
  /** `CV9727`; or the airline alone, where no flight is known. */
  readonly flight?: string | undefined;
  readonly carrier?: string | undefined;
  /** Of a discrepancy: `OFLD`. */
  readonly reason?: string | undefined;
  /** Whole numbers: `PMC72534CV`. */
  readonly ulds?: readonly string[];
}

/** What a message does with what was said before; a change and a deletion say when they were made. */
export interface XfsuPurpose {
  readonly purpose: 'Creation' | 'Update' | 'Deletion';
  readonly issuedAt?: string | undefined;
}

/** An XFSU with one status, which reads back as the event of that status. */
export function toXfsu(status: XfsuStatus): string {
  return writeXfsu([status], { purpose: 'Creation' });
}

/** An XFSU with several statuses, each under a consignment of its own. */
export function writeXfsu(statuses: readonly XfsuStatus[], { purpose, issuedAt }: XfsuPurpose): string {
  return writeXml(
    'StatusMessage',
    { xmlns: 'iata:statusmessage:1' },
    {
      MessageHeaderDocument: { TypeCode: '785', IssueDateTime: issuedAt, PurposeCode: purpose },
      MasterConsignment: statuses.map(consignmentOf),
    },
  );
}

function consignmentOf(status: XfsuStatus) {
  const { pieces, weightKilograms, whole } = status;
  const isNumbered = status.flight !== undefined;
  return {
    GrossWeightMeasure: whole === undefined ? weightKilograms : whole.weightKilograms,
    PieceQuantity: whole?.pieces ?? pieces,
    TransportSplitDescription: 'T',
    TransportContractDocument: { ID: status.awb, TypeCode: '740' },
    OriginLocation: locationOf(status.origin),
    FinalDestinationLocation: locationOf(status.destination),
    ReportedStatus: {
      ReasonCode: status.code,
      AssociatedStatusConsignment: {
        GrossWeightMeasure: weightKilograms,
        PieceQuantity: pieces,
        TransportSplitDescription: whole === undefined ? 'T' : 'P',
        DiscrepancyDescriptionCode: status.reason,
        UtilizedUnitLoadTransportEquipment: status.ulds?.map((id) => ({ ID: id })),
        SpecifiedLogisticsTransportMovement: {
          ID: status.flight,
          UsedLogisticsTransportMeans:
            isNumbered || status.carrier === undefined ? undefined : { Name: status.carrier },
          SpecifiedLocation: { ID: status.airport, TypeCode: 'Airport' },
          SpecifiedEvent: { OccurrenceDateTime: status.time, DateTimeTypeCode: status.timeType ?? 'A' },
        },
      },
    },
  };
}

function locationOf(airport: string | undefined) {
  return airport === undefined ? undefined : { ID: airport };
}
