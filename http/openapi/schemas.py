"""The objects of the mkinf API, which Crusoe's names show too."""

from shapes import ref

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
TIME_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"


def closed(properties, optional=(), **more):
    """An object of an answer: what isn't named here isn't there."""
    return {"type": "object", "properties": properties,
            "required": [name for name in properties if name not in optional],
            "additionalProperties": False, **more}


def body(properties, required=(), **more):
    """An object of a request: fields that nobody knows are tolerated."""
    return {"type": "object", "properties": properties, "required": list(required), **more}


def array(items, **more):
    return {"type": "array", "items": items, **more}


def items_of(name):
    return closed({"items": array(ref(name))})


def page_of(name):
    return closed({"items": array(ref(name)), "next_page_token": TEXT, "prev_page_token": TEXT},
                  optional=("next_page_token", "prev_page_token"))


TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
BOOLEAN = {"type": "boolean"}
ID = ref("Id")
TIME = ref("Time")
TIME_OR_EMPTY = {"type": "string", "pattern": f"^({TIME_PATTERN})?$"}
NAME = {"type": "string", "minLength": 1, "maxLength": 128}
ADDRESS = {"type": "string", "format": "ipv4"}
SIZE = {"type": "string", "pattern": "^[0-9]+(GiB|TiB)$"}
MODE = {"enum": ["read-write", "read-only"]}
ATTACHMENT_TYPE = {"enum": ["os", "data"]}
DISK_TYPE = {"enum": ["persistent-ssd", "shared-volume"]}
SCRIPT = {"type": ["string", "null"], "maxLength": 65536}
SSH_KEY = {"type": "string", "maxLength": 16384,
           "description": "An OpenSSH public key: type, base64, optional comment."}

BASIC = {
    "Id": {"type": "string", "pattern": ID_PATTERN},
    "Time": {"type": "string", "pattern": f"^{TIME_PATTERN}$", "examples": ["2024-06-16T15:52:41Z"],
             "description": "RFC 3339 in UTC, whole seconds."},
}

CATALOGUE = {
    "Spec": closed({
        "product_name": TEXT, "description": TEXT, "cpu_cores": INTEGER, "cpu_type": {"const": "vCPU"},
        "memory_gb": INTEGER, "memory_type": {"const": "ram"}, "disk_gb": INTEGER,
        "disk_type": {"enum": ["NVMe", "SSD"]}, "num_gpu": INTEGER, "gpu_type": TEXT}),
    "SpecList": items_of("Spec"),
    "Image": closed({"id": ID, "name": TEXT, "description": TEXT, "tags": array(TEXT), "created_at": TIME,
                     "locations": array(TEXT)}),
    "ImageList": items_of("Image"),
    "LocationList": closed({"items": array(TEXT)}),
}

VM = {
    "VmState": {"enum": ["STATE_PROVISIONING", "STATE_RUNNING", "STATE_SHUTDOWN", "STATE_SHUTOFF", "STATE_DELETING",
                         "STATE_DELETED", "STATE_CRASHED"]},
    "VmDisk": closed({
        "id": ID, "name": TEXT, "type": DISK_TYPE, "size": SIZE, "location": TEXT, "block_size": INTEGER,
        "created_at": TIME, "updated_at": TIME, "serial_number": TEXT, "attachment_type": ATTACHMENT_TYPE,
        "mode": MODE}),
    "AddressPair": closed({
        "private_ipv4": closed({"address": ADDRESS}),
        "public_ipv4": closed({"address": ADDRESS, "id": ID, "type": {"enum": ["dynamic", "static"]}})},
        optional=("public_ipv4",)),
    "NetworkInterface": closed({
        "id": ID, "name": TEXT, "network": ID, "subnet": ID, "interface_type": {"const": "Ethernet"},
        "mac_address": {"type": "string", "pattern": "^([0-9a-f]{2}:){5}[0-9a-f]{2}$"},
        "ips": array(ref("AddressPair"), description="Empty until the VM has addresses.")}),
    "Vm": closed({
        "id": ID, "project_id": ID, "type": TEXT, "state": ref("VmState"), "ssh_destination": TEXT,
        "created_at": TIME, "updated_at": TIME, "name": TEXT, "location": TEXT, "commitment_period": INTEGER,
        "commitment_end": TIME_OR_EMPTY, "disks": array(ref("VmDisk")),
        "network_interfaces": array(ref("NetworkInterface")),
        "host_channel_adapters": array({"type": "object"}),
        "virtualization_features": closed({"nested_virtualization": BOOLEAN}),
        "instance_template_id": TEXT, "instance_group_id": TEXT, "reservation_id": TEXT}),
    "VmList": page_of("Vm"),
}

NETWORK_INTERFACES = array(body({
    "subnet": TEXT,
    "ips": array(body({"public_ipv4": body({"type": {"enum": ["dynamic", "static"]}})}))}))
ATTACHMENTS = array(body({"disk_id": TEXT, "mode": MODE, "attachment_type": ATTACHMENT_TYPE}, ["disk_id"]))
NEW_VM = {
    "type": {"type": "string", "description": "A product_name of the specs."}, "location": {"type": "string", "description": "May be absent where there is only one."},
    "image": {"type": "string", "description": "The name of an image; the newest at the location where it is absent."}, "ssh_public_key": SSH_KEY,
    "startup_script": SCRIPT, "shutdown_script": SCRIPT, "disks": ATTACHMENTS,
    "network_interfaces": NETWORK_INTERFACES,
    "virtualization_features": body({"nested_virtualization": BOOLEAN}),
    "reservation_specification": body({
        "id": TEXT, "selection_strategy": {"enum": ["lowest_cost", "on_demand"]}})}
NEW_VM_REQUIRED = ["type", "ssh_public_key"]

VM_REQUESTS = {
    "CreateVm": body({"name": NAME, **NEW_VM}, ["name", *NEW_VM_REQUIRED]),
    "CreateVms": body({"name_prefix": NAME, "count": {"type": "integer", "minimum": 1}, **NEW_VM},
                      ["name_prefix", "count", *NEW_VM_REQUIRED],
                      description="As many VMs, named <name_prefix>-1, <name_prefix>-2 …"),
    "UpdateVm": body({
        "action": {"enum": ["START", "STOP", "RESET", "UPDATE", "RESERVE", "UNRESERVE"]},
        "type": {"type": "string", "description": "With UPDATE of a stopped VM: another of its family."},
        "network_interfaces": NETWORK_INTERFACES, "reservation_id": TEXT}, ["action"]),
    "AttachDisks": body({"attach_disks": ATTACHMENTS}, ["attach_disks"]),
    "DetachDisks": body({"detach_disks": array(TEXT)}, ["detach_disks"]),
}

DISK = {
    "Disk": closed({
        "id": ID, "name": TEXT, "type": DISK_TYPE, "size": SIZE, "location": TEXT,
        "block_size": {**INTEGER, "description": "Of a VM's OS disk 0, as in the document."},
        "serial_number": TEXT,
        "attached_to": array(closed({"vm_id": ID, "attachment_type": ATTACHMENT_TYPE, "mode": MODE})),
        "created_at": TIME, "updated_at": TIME}),
    "DiskList": page_of("Disk"),
    "CreateDisk": body({
        "name": NAME, "type": {**DISK_TYPE, "default": "persistent-ssd"},
        "size": {**SIZE, "examples": ["100GiB"]}, "location": TEXT,
        "block_size": {"enum": [512, 4096], "default": 4096}},
        ["name", "size", "location"]),
    "ResizeDisk": body({"size": {**SIZE, "description": "Not less than now."}}, ["size"]),
}

NETWORK = {
    "Network": closed({"id": ID, "name": TEXT, "cidr": TEXT, "gateway": ADDRESS, "subnets": array(ID)}),
    "NetworkAnswer": closed({"network": ref("Network")}),
    "NetworkList": page_of("Network"),
    "CreateNetwork": body({"name": NAME, "cidr": {"type": "string", "examples": ["10.0.0.0/16"]}},
                          ["name", "cidr"]),
    "Subnet": closed({"id": ID, "name": TEXT, "cidr": TEXT, "location": TEXT, "vpc_network_id": ID}),
    "SubnetAnswer": closed({"subnet": ref("Subnet")}),
    "SubnetList": page_of("Subnet"),
    "CreateSubnet": body({"name": NAME, "cidr": {"type": "string", "examples": ["10.0.1.0/24"]},
                          "location": TEXT, "vpc_network_id": TEXT},
                         ["name", "cidr", "location", "vpc_network_id"]),
    "Rename": body({"name": NAME}, ["name"]),
}

RULE_END = {"oneOf": [closed({"cidr": TEXT}), closed({"resource_id": ID})]}
PORTS = array({"type": "string", "pattern": "^[0-9]+(-[0-9]+)?$"})
PROTOCOLS = array({"enum": ["tcp", "udp", "icmp"]}, minItems=1)
ENDS = array({"oneOf": [body({"cidr": TEXT}, ["cidr"]), body({"resource_id": TEXT}, ["resource_id"])]},
             minItems=1, description="A bare IP address is widened to a CIDR. resource_id: a VM, a subnet or a network.")
NEW_PORTS = array({"type": "string", "pattern": r"^(\*|[0-9]+(-[0-9]+)?)$"}, default=["1-65535"])
RULE_CHANGES = {"name": NAME, "protocols": PROTOCOLS, "sources": ENDS, "source_ports": NEW_PORTS,
                "destinations": ENDS, "destination_ports": NEW_PORTS}

FIREWALL_RULE = {
    "FirewallRule": closed({
        "id": ID, "name": TEXT, "vpc_network_id": ID, "direction": {"enum": ["ingress", "egress"]},
        "action": {"enum": ["allow", "deny"]},
        "state": {"enum": ["active", "inactive"],
                  "description": "inactive once its network or anything that it names is gone."},
        "protocols": PROTOCOLS, "sources": array(RULE_END), "source_ports": PORTS,
        "destinations": array(RULE_END), "destination_ports": PORTS}),
    "FirewallRuleList": page_of("FirewallRule"),
    "CreateFirewallRule": body({
        **RULE_CHANGES, "direction": {"enum": ["ingress", "egress"]}, "action": {"enum": ["allow", "deny"]},
        "vpc_network_id": TEXT},
        ["name", "direction", "action", "sources", "destinations", "protocols", "vpc_network_id"]),
    "UpdateFirewallRule": body(RULE_CHANGES, description="At least one of these."),
}

OPERATION = {
    "OperationFailure": closed({
        "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "Such as out_of_stock."},
        "message": TEXT}),
    "Operation": closed({
        "operation_id": ID, "state": {"enum": ["IN_PROGRESS", "SUCCEEDED", "FAILED"]},
        "metadata": closed({
            "operation_name": {"type": "string", "pattern": "^[A-Z_]+$"}, "id": ID,
            "type": {"enum": ["vm", "disk", "vpc_network", "vpc_subnet", "vpc_firewall_rule"]},
            "request": {"type": "object", "description":
                        "The request as it was sent, as far as it is known here; empty for a delete. "
                        "Personal fields are left out once the person is erased."}}),
        "result": {"oneOf": [{"type": "null"}, ref("Vm"), ref("Disk"), ref("Network"), ref("Subnet"),
                             ref("FirewallRule"), ref("OperationFailure")]},
        "started_at": TIME,
        "completed_at": {**TIME_OR_EMPTY, "description": "Empty while the operation runs."}}),
    "OperationAnswer": closed({"operation": ref("Operation")}),
    "OperationsAnswer": closed({"operations": array(ref("Operation"))}),
    "OperationList": page_of("Operation"),
}

USAGE = {
    "UsageRow": closed({
        "billable_metric": {"enum": ["gpu-hours", "disk-gb-hours"]},
        "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                 "description": "A UTC day; of a month its first."},
        "project_id": ID, "quantity": {"type": "number", "minimum": 0}, "region": TEXT,
        "reservation_id": TEXT, "resource_type": TEXT}),
    "UsageList": items_of("UsageRow"),
}

SHARED = {**BASIC, **CATALOGUE, **VM, **VM_REQUESTS, **DISK, **NETWORK, **FIREWALL_RULE, **OPERATION, **USAGE}

MKINF = {
    "Error": closed({
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "Stable, in snake case."},
        "message": {"type": "string", "description": "A sentence; names the field where there is one."}}),
    "Root": closed({"name": {"const": "mkinf"}, "version": {"const": "v0.1"}}),
    "PasswordGrant": body({"grant_type": {"const": "password"}, "email": {"type": "string", "maxLength": 320},
                           "password": {"type": "string", "maxLength": 1024}},
                          ["grant_type", "email", "password"]),
    "RefreshTokenGrant": body({
        "grant_type": {"const": "refresh_token"},
        "refresh_token": {"type": "string", "maxLength": 1024, "description":
                          "Works once. Using one again revokes every token of its family."}},
        ["grant_type", "refresh_token"]),
    "Tokens": closed({"access_token": TEXT, "refresh_token": TEXT,
                      "expires_in": {"type": "integer", "const": 3600}, "token_type": {"const": "bearer"}}),
    "Organization": closed({"id": ID, "name": TEXT, "stripe_customer_id": TEXT}),
    "OrganizationList": array(ref("Organization")),
    "Project": closed({"id": ID, "name": TEXT, "version": {"const": "v0.1"}, "organization_id": ID}),
    "ProjectList": array(ref("Project")),
    "BillingUrl": closed({"url": {"type": "string", "format": "uri", "description":
                                  "Opens the billing page for 30 minutes, without a credential."}}),
    "Availability": closed({"type": TEXT, "location": TEXT, "available": {
        "type": "boolean", "description": "Whether a create would succeed now."}}),
    "AvailabilityList": items_of("Availability"),
}

CRUSOE = {
    "Error": closed({
        "code": {"type": "string", "pattern": "^[45][0-9]{2}$", "description": "The status as text."},
        "message": {"type": "string", "pattern": "^[a-z_]+$", "description": "A word in snake case."},
        "detail": {"type": "string", "description": "Ours: a sentence; names the field where there is one."}}),
    "Organization": MKINF["Organization"],
    "OrganizationList": items_of("Organization"),
    "Project": MKINF["Project"],
    "ProjectList": items_of("Project"),
    "Capacity": closed({"type": TEXT, "location": TEXT, "quantity": {
        "type": "integer", "minimum": 0, "description": "VMs of this type for which there is room now."}}),
    "CapacityList": items_of("Capacity"),
}
