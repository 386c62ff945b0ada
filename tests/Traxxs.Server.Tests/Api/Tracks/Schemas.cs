using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Traxxs.Server.Tests.Api.Tracks;

/// <summary>
/// What GPX 1.1 and KML 2.2 ask of a track, written down from their definitions: names, order, counts and ranges of the
/// elements a track has. Other elements of the two are left out, so a document with one fails here.
/// </summary>
internal static class Schemas
{
    private const string Gpx =
        """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.topografix.com/GPX/1/1"
            targetNamespace="http://www.topografix.com/GPX/1/1" elementFormDefault="qualified">
          <xs:element name="gpx"><xs:complexType>
            <xs:sequence><xs:element name="trk" type="track" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
            <xs:attribute name="version" type="xs:string" use="required" fixed="1.1"/>
            <xs:attribute name="creator" type="xs:string" use="required"/>
          </xs:complexType></xs:element>
          <xs:complexType name="track"><xs:sequence>
            <xs:element name="name" type="xs:string" minOccurs="0"/>
            <xs:element name="cmt" type="xs:string" minOccurs="0"/>
            <xs:element name="desc" type="xs:string" minOccurs="0"/>
            <xs:element name="trkseg" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
              <xs:element name="trkpt" type="point" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence></xs:complexType></xs:element>
          </xs:sequence></xs:complexType>
          <xs:complexType name="point"><xs:sequence>
            <xs:element name="ele" type="xs:decimal" minOccurs="0"/>
            <xs:element name="time" type="xs:dateTime" minOccurs="0"/>
            <xs:element name="hdop" type="xs:decimal" minOccurs="0"/>
            <xs:element name="extensions" minOccurs="0"><xs:complexType><xs:sequence>
              <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence></xs:complexType></xs:element>
          </xs:sequence>
            <xs:attribute name="lat" type="latitude" use="required"/>
            <xs:attribute name="lon" type="longitude" use="required"/>
          </xs:complexType>
          <xs:simpleType name="latitude"><xs:restriction base="xs:decimal"><xs:minInclusive value="-90.0"/><xs:maxInclusive value="90.0"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="longitude"><xs:restriction base="xs:decimal"><xs:minInclusive value="-180.0"/><xs:maxExclusive value="180.0"/></xs:restriction></xs:simpleType>
        </xs:schema>
        """;

    private const string Kml =
        """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.opengis.net/kml/2.2"
            targetNamespace="http://www.opengis.net/kml/2.2" elementFormDefault="qualified">
          <xs:element name="kml"><xs:complexType><xs:sequence>
            <xs:element name="Document"><xs:complexType><xs:sequence>
              <xs:element name="name" type="xs:string" minOccurs="0"/>
              <xs:element name="description" type="xs:string" minOccurs="0"/>
              <xs:element name="Placemark" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
                <xs:element name="name" type="xs:string" minOccurs="0"/>
                <xs:element name="description" type="xs:string" minOccurs="0"/>
                <xs:element name="TimeSpan" minOccurs="0"><xs:complexType><xs:sequence>
                  <xs:element name="begin" type="xs:dateTime" minOccurs="0"/>
                  <xs:element name="end" type="xs:dateTime" minOccurs="0"/>
                </xs:sequence></xs:complexType></xs:element>
                <xs:choice minOccurs="0">
                  <xs:element name="Point" type="geometry"/>
                  <xs:element name="LineString" type="geometry"/>
                </xs:choice>
              </xs:sequence></xs:complexType></xs:element>
            </xs:sequence></xs:complexType></xs:element>
          </xs:sequence></xs:complexType></xs:element>
          <xs:complexType name="geometry"><xs:sequence><xs:element name="coordinates" type="coordinates"/></xs:sequence></xs:complexType>
          <xs:simpleType name="coordinates"><xs:list itemType="tuple"/></xs:simpleType>
          <xs:simpleType name="tuple"><xs:restriction base="xs:string"><xs:pattern value="-?[0-9]{1,3}(\.[0-9]+)?,-?[0-9]{1,2}(\.[0-9]+)?(,-?[0-9]+(\.[0-9]+)?)?"/></xs:restriction></xs:simpleType>
        </xs:schema>
        """;

    public static XDocument CheckGpx(string text) => Check(Gpx, text);

    public static XDocument CheckKml(string text) => Check(Kml, text);

    private static XDocument Check(string schema, string text)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(null, XmlReader.Create(new StringReader(schema)));
        var document = XDocument.Parse(text);
        document.Validate(schemas, (_, problem) => Assert.Fail($"{problem.Message}"));
        return document;
    }
}
