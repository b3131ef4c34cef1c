"""Every route of both dialects, by what it does. `at` names a collection of the dialect (generate.py)."""

from dataclasses import dataclass

from schemas import ref

READ = (401,)
READ_ONE = (401, 404)
LIST = (400, 401, 404)
CHANGE = (400, 401, 404, 409, 413, 422, 503)
CREATE = (400, 401, 403, 404, 409, 413, 422, 503)


@dataclass(frozen=True)
class Route:
    method: str
    at: str
    operation_id: str
    summary: str
    #: Status 200: a schema's name, or None for a page of HTML.
    answer: str | None
    #: What follows the collection's path.
    rest: str = ""
    errors: tuple = READ
    body: dict | None = None  # A schema.
    query: tuple = ()  # Names in parameters.py.
    #: None: as the document says; otherwise the route's own.
    security: list | None = None

    @property
    def shows_one(self):
        """One object with a version: it has an ETag."""
        return self.method == "get" and self.errors == READ_ONE and self.rest.endswith("_id}") and \
            self.at not in ("images",)


PAGE = ("limit", "next_token", "prev_token")


def collection(at, one, many, listed, answer, query=()):
    """Reading a collection: all of it, one of it, and its operations."""
    key = {"firewallrule": "firewall_rule"}.get(one.lower(), one.lower())
    words = key.replace("_", " ").replace("vm", "VM")
    times = ("lower_time_bound",) if at == "vms" else ()
    return [
        Route("get", at, f"list{many}", f"List {words}s, oldest first", listed, errors=LIST,
              query=(*query, *PAGE)),
        Route("get", at, f"get{one}", f"One {words}", answer, f"/{{{key}_id}}", READ_ONE),
        Route("get", at, f"list{one}Operations", f"List operations of {words}s, oldest first",
              "OperationList", "/operations", LIST, query=("resource_id", "state", *times, *PAGE)),
        Route("get", at, f"get{one}Operation", "One operation", "Operation", "/operations/{operation_id}",
              READ_ONE),
    ]


def start(method, at, operation_id, summary, rest="", body=None, answer="OperationAnswer", errors=CHANGE):
    return Route(method, at, operation_id, summary, answer, rest, errors, body and ref(body))


VMS = [
    *collection("vms", "Vm", "Vms", "VmList", "Vm", ("ids", "names", "types", "locations", "states", "sort")),
    start("post", "vms", "createVm", "Create a VM", body="CreateVm", errors=CREATE),
    start("post", "vms", "createVms", "Create many VMs alike", "/bulk-instances", "CreateVms",
          "OperationsAnswer", CREATE),
    start("patch", "vms", "updateVm", "Start, stop, reset, resize or reserve a VM, or change its network",
          "/{vm_id}", "UpdateVm", errors=CREATE),
    start("delete", "vms", "deleteVm", "Terminate a VM, in whatever state", "/{vm_id}"),
    start("post", "vms", "attachDisks", "Attach disks to a VM: all of them, or none", "/{vm_id}/attach-disks",
          "AttachDisks"),
    start("post", "vms", "detachDisks", "Detach disks from a VM", "/{vm_id}/detach-disks", "DetachDisks"),
]

DISKS = [
    *collection("disks", "Disk", "Disks", "DiskList", "Disk", ("ids", "names", "locations", "exclude_os")),
    start("post", "disks", "createDisk", "Create a disk", body="CreateDisk", errors=CREATE),
    start("patch", "disks", "resizeDisk", "Make a disk larger", "/{disk_id}", "ResizeDisk", errors=CREATE),
    start("delete", "disks", "deleteDisk", "Delete a disk that is attached to nothing", "/{disk_id}"),
]

NETWORKS = [
    *collection("networks", "Network", "Networks", "NetworkList", "Network", ("ids", "names")),
    start("post", "networks", "createNetwork", "Create a network, at once", body="CreateNetwork",
          answer="NetworkAnswer"),
    start("patch", "networks", "renameNetwork", "Rename a network", "/{network_id}", "Rename"),
    start("delete", "networks", "deleteNetwork", "Delete a network without VMs, with its subnets",
          "/{network_id}"),
    *collection("subnets", "Subnet", "Subnets", "SubnetList", "Subnet",
                ("ids", "names", "locations", "network_ids")),
    start("post", "subnets", "createSubnet", "Create a subnet, at once", body="CreateSubnet",
          answer="SubnetAnswer"),
    start("patch", "subnets", "renameSubnet", "Rename a subnet", "/{subnet_id}", "Rename"),
    start("delete", "subnets", "deleteSubnet", "Delete a subnet without VMs", "/{subnet_id}"),
]

FIREWALL_RULES = [
    *collection("firewall_rules", "FirewallRule", "FirewallRules", "FirewallRuleList", "FirewallRule",
                ("ids", "names")),
    start("post", "firewall_rules", "createFirewallRule", "Create a firewall rule", body="CreateFirewallRule"),
    start("patch", "firewall_rules", "updateFirewallRule", "Change a firewall rule", "/{firewall_rule_id}",
          "UpdateFirewallRule"),
    start("delete", "firewall_rules", "deleteFirewallRule", "Delete a firewall rule", "/{firewall_rule_id}"),
]

USAGE_QUERY = ("projects", "resource_types", "regions", "start_date", "end_date", "interval")
CATALOGUE = [
    Route("get", "specs", "listSpecs", "The types of VMs", "SpecList", errors=READ_ONE),
    Route("get", "images", "listImages", "Operating system images", "ImageList", errors=READ_ONE),
    Route("get", "images", "getImage", "One image", "Image", "/{image_id}", READ_ONE),
    Route("get", "locations", "listLocations", "Locations", "LocationList", errors=READ_ONE),
    Route("get", "organizations", "listOrganizations", "List organizations", "OrganizationList"),
    Route("get", "projects", "listProjects", "List projects", "ProjectList"),
    Route("get", "organization", "getOrganizationUsage", "What an organization's projects used", "UsageList",
          "/usage", LIST, query=USAGE_QUERY),
]

SHARED = CATALOGUE + VMS + DISKS + NETWORKS + FIREWALL_RULES

OPEN = [{}, {"bearer": []}]
MKINF = [
    Route("get", "root", "getRoot", "Name and version; checks the credential where one is given", "Root",
          security=OPEN),
    Route("post", "root", "createToken", "Sign in, or exchange a refresh token", "Tokens", "/auth/token",
          (400, 401, 409, 413, 422, 429, 503), {"oneOf": [ref("PasswordGrant"), ref("RefreshTokenGrant")]}, security=[]),
    Route("get", "organization", "getBilling", "A temporary URL of the billing page", "BillingUrl", "/billing",
          (400, 401, 403, 404), query=("return_url",)),
    Route("get", "root", "showBilling", "The billing page itself: the invoice of a month", None,
          "/billing/sessions/{session}", (400, 404), query=("month",), security=[]),
    Route("get", "project", "listAvailabilities", "Where a create would succeed now", "AvailabilityList",
          "/availabilities", READ_ONE, query=("product_name", "location")),
    Route("get", "project", "getProjectUsage", "What a project used", "UsageList", "/usage", LIST,
          query=USAGE_QUERY),
]

CRUSOE = [
    Route("get", "root", "listCapacities", "For how many VMs there is room now", "CapacityList", "/capacities",
          READ, query=("product_name", "location")),
]
