// What Microsoft's own client sees and does: reads what our backend wrote, and works the double by itself.
// Arguments: address, token, mailbox, organiser. Prints one object as JSON.
const graph = require("@microsoft/microsoft-graph-client");

const [address, token, mailbox, organizer] = process.argv.slice(2);
const OURS = "8a2f2f1c-6a0e-4b8c-9d37-5f1d60a9e7b4";
const property = (name) => `String {${OURS}} Name ${name}`;
const prefer = 'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text"';
const waits = [];

class SignedIn {
    setNext(next) {
        this.next = next;
    }
    async execute(context) {
        context.options.headers = { ...context.options.headers, Authorization: `Bearer ${token}` };
        await this.next.execute(context);
        if (context.response.status === 429) waits.push(context.response.headers.get("Retry-After"));
    }
}

function connected() {
    const [signedIn, retry] = [new SignedIn(), new graph.RetryHandler(new graph.RetryHandlerOptions())];
    retry.setNext(signedIn);
    signedIn.setNext(new graph.HTTPMessageHandler());
    const [base, version] = [new URL(address).origin, "v1.0"];
    return graph.Client.initWithMiddleware({ baseUrl: `${base}/`, defaultVersion: version, middleware: retry });
}

const client = connected();
const at = (path) => client.api(path).header("Prefer", prefer);

async function code(promise) {
    try {
        await promise;
        return "none";
    } catch (error) {
        return `${error.statusCode} ${error.code}`;
    }
}

function found(as, uid) {
    const filter = `singleValueExtendedProperties/any(p: p/id eq '${property("uid")}' and p/value eq '${uid}')`;
    const expand = `singleValueExtendedProperties($filter=id eq '${property("uid")}' or id eq '${property("stamp")}')`;
    return at(`/users/${as}/calendar/events`).filter(filter).expand(expand).get();
}

function meeting(uid) {
    return {
        subject: "From another client",
        start: { dateTime: "2027-03-16T08:00:00", timeZone: "UTC" },
        end: { dateTime: "2027-03-16T09:00:00", timeZone: "UTC" },
        attendees: [{ type: "required", emailAddress: { address: mailbox } }],
        transactionId: uid,
        singleValueExtendedProperties: [
            { id: property("uid"), value: uid }, { id: property("stamp"), value: "s" },
        ],
    };
}

async function conflict(made) {
    const path = `/users/${organizer}/events/${encodeURIComponent(made.id)}`;
    const write = (subject) => at(path).header("If-Match", made["@odata.etag"]).patch({ subject });
    return [await code(write("First")), await code(write("Second"))];
}

// The client follows links by https alone, and the double speaks http.
const follow = (link) => at(link.replace(address, "")).get();

async function listed() {
    const window = { startDateTime: "2027-03-01T00:00:00Z", endDateTime: "2027-04-01T00:00:00Z" };
    let page = await at(`/users/${mailbox}/calendarView/delta`).query(window).get();
    const types = {};
    for (;;) {
        for (const one of page.value) types[one.id] = one.type;
        if (!page["@odata.nextLink"]) return { types: Object.values(types).sort(), link: page["@odata.deltaLink"] };
        page = await follow(page["@odata.nextLink"]);
    }
}

async function together(ids) {
    const steps = ids.map((id, n) => {
        const url = `${address}/users/${mailbox}/events/${encodeURIComponent(id)}`;
        return { id: `${n}`, request: new Request(url, { method: "GET", headers: { Prefer: prefer } }) };
    });
    const content = await new graph.BatchRequestContent(steps).getContent();
    const answers = new graph.BatchResponseContent(await at("/$batch").post(content)).getResponses();
    return [...answers.entries()].sort().map(([, answer]) => answer.status);
}

async function main() {
    const ours = (await found(mailbox, "u1@fieldplan")).value;
    const made = await at(`/users/${organizer}/calendar/events`).post(meeting("theirs@fieldplan"));
    const list = await listed();
    const lost = list.link.replace(/deltatoken=.*/, "deltatoken=t-gone");
    const asked = {
        Schedules: [mailbox], AvailabilityViewInterval: 60, StartTime: { dateTime: "2027-03-15T09:00:00", timeZone: "UTC" },
        EndTime: { dateTime: "2027-03-15T10:00:00", timeZone: "UTC" },
    };
    const schedule = await at(`/users/${mailbox}/calendar/getSchedule`).post(asked);
    console.log(JSON.stringify({
        ours, waits, conflict: await conflict(made), listed: list.types, together: await together([ours[0].id, "none"]),
        again: await code(at(`/users/${organizer}/calendar/events`).post(meeting("theirs@fieldplan"))),
        lost: await code(follow(lost)),
        missing: await code(at(`/users/${mailbox}/events/none`).get()),
        denied: await code(at("/users/nobody@example.com/events/none").get()),
        rooms: (await at("/places/microsoft.graph.room").get()).value.map((room) => room.emailAddress),
        busy: schedule.value.map((one) => one.scheduleItems.length),
    }));
}

main().catch((error) => {
    console.error(error.message || error, error.stack || "");
    process.exit(1);
});
