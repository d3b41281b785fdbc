// What another client of Exchange sees and does: reads what our backend wrote, and works the double by itself.
// Arguments: address, user, password, mailbox, organiser, room list. Prints one object as JSON.
require("util").isNullOrUndefined ??= (value) => value === null || value === undefined; // gone since Node 23
const ews = require("ews-javascript-api");

const [address, user, password, mailbox, organizer, roomList] = process.argv.slice(2);
const OURS = "8a2f2f1c-6a0e-4b8c-9d37-5f1d60a9e7b4";

function open(as) {
    const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2016);
    service.Credentials = new ews.WebCredentials(user, password);
    service.Url = new ews.Uri(address);
    service.ImpersonatedUserId = new ews.ImpersonatedUserId(ews.ConnectingIdType.SmtpAddress, as);
    return service;
}

function property(name) {
    return new ews.ExtendedPropertyDefinition(new ews.Guid(OURS), name, ews.MapiPropertyType.String);
}

const uid = property("uid");
const stamp = property("stamp");
const calendar = new ews.FolderId(ews.WellKnownFolderName.Calendar);
const shape = new ews.PropertySet(ews.BasePropertySet.IdOnly, [
    ews.ItemSchema.Subject, ews.ItemSchema.Categories, ews.ItemSchema.TextBody,
    ews.AppointmentSchema.Start, ews.AppointmentSchema.End, ews.AppointmentSchema.Location,
    ews.AppointmentSchema.LegacyFreeBusyStatus, ews.AppointmentSchema.ICalUid,
    ews.AppointmentSchema.RequiredAttendees, ews.AppointmentSchema.Resources, uid, stamp,
]);

async function code(promise) {
    try {
        await promise;
        return "NoError";
    } catch (error) {
        return error.ErrorCode ? ews.ServiceError[error.ErrorCode] : String(error.Message || error);
    }
}

async function said(appointment) {
    const value = (definition) => {
        const out = { outValue: null };
        return appointment.ExtendedProperties.TryGetValue(definition, out) ? out.outValue : null;
    };
    return {
        id: appointment.Id.UniqueId, version: appointment.Id.ChangeKey, subject: appointment.Subject,
        start: appointment.Start.ToISOString(), end: appointment.End.ToISOString(),
        location: appointment.Location, body: appointment.TextBody.Text,
        categories: appointment.Categories.GetEnumerator(),
        status: ews.LegacyFreeBusyStatus[appointment.LegacyFreeBusyStatus], ical: appointment.ICalUid,
        people: appointment.RequiredAttendees.GetEnumerator().map((one) => one.Address),
        rooms: appointment.Resources.GetEnumerator().map((one) => one.Address),
        uid: value(uid), stamp: value(stamp),
    };
}

async function found(service, wanted) {
    const view = new ews.ItemView(10);
    view.PropertySet = new ews.PropertySet(ews.BasePropertySet.IdOnly);
    const filter = new ews.SearchFilter.IsEqualTo(uid, wanted);
    const results = await service.FindItems(calendar, filter, view);
    return Promise.all(results.Items.map(async (item) => said(await ews.Appointment.Bind(service, item.Id, shape))));
}

async function write(service) {
    const appointment = new ews.Appointment(service);
    appointment.Subject = "From another client";
    appointment.Start = new ews.DateTime("2027-03-16T08:00:00Z");
    appointment.End = new ews.DateTime("2027-03-16T09:00:00Z");
    appointment.SetExtendedProperty(uid, "theirs@fieldplan");
    appointment.SetExtendedProperty(stamp, "s");
    appointment.RequiredAttendees.Add(mailbox);
    await appointment.Save(ews.SendInvitationsMode.SendToAllAndSaveCopy);
    return appointment;
}

async function conflict(service, id) {
    const first = await ews.Appointment.Bind(service, id);
    const second = await ews.Appointment.Bind(service, id);
    first.Subject = "First";
    second.Subject = "Second";
    const none = ews.SendInvitationsOrCancellationsMode.SendToNone;
    const never = ews.ConflictResolutionMode.NeverOverwrite;
    return [await code(first.Update(never, none)), await code(second.Update(never, none))];
}

async function series(service) {
    const [from, to] = ["2027-03-01T00:00:00Z", "2027-04-01T00:00:00Z"].map((text) => new ews.DateTime(text));
    const view = new ews.CalendarView(from, to);
    view.PropertySet = new ews.PropertySet(ews.BasePropertySet.IdOnly, [ews.AppointmentSchema.AppointmentType]);
    const results = await service.FindAppointments(ews.WellKnownFolderName.Calendar, view);
    return results.Items.map((one) => ews.AppointmentType[one.AppointmentType]);
}

async function main() {
    const mine = open(mailbox);
    const office = open(organizer);
    const meeting = await write(office);
    const changes = await mine.SyncFolderItems(calendar, new ews.PropertySet(ews.BasePropertySet.IdOnly), [], 512,
        ews.SyncFolderItemsScope.NormalItems, null);
    const rooms = await mine.GetRooms(new ews.EmailAddress(roomList));
    console.log(JSON.stringify({
        ours: await found(mine, "u1@fieldplan"),
        meeting: (await found(office, "theirs@fieldplan"))[0],
        conflict: await conflict(office, meeting.Id),
        series: await series(mine),
        synced: changes.GetEnumerator().map((change) => ews.ChangeType[change.ChangeType]),
        lost: await code(mine.SyncFolderItems(calendar, ews.PropertySet.IdOnly, [], 512,
            ews.SyncFolderItemsScope.NormalItems, "no state")),
        missing: await code(ews.Appointment.Bind(mine, new ews.ItemId("AAMkNo"))),
        denied: await code(ews.Folder.Bind(open("nobody@example.com"), ews.WellKnownFolderName.Calendar)),
        rooms: rooms.map((room) => room.Address),
    }));
}

main().catch((error) => {
    console.error(error.Message || error, error.stack || "");
    process.exit(1);
});
