"""The marketplace's rows as an application of Django REST Framework would serve them: the oracle for the words of errors.

Serializers, views and URLs are what the document's generator (drf-yasg) must have seen. Works in this process, over a
database in memory; `import` fails where the framework isn't installed.
"""

import json

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"], ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
    SECRET_KEY="not secret", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    # argon2 would only make it slow.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.FormParser"]})
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import routers, serializers, viewsets  # noqa: E402


class MarketClient(models.Model):
    """Called Client where it comes from; here that is the client of tests."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    phone_no = models.CharField(max_length=12, null=True, blank=True)
    user_image = models.PositiveSmallIntegerField(default=0)
    terms_accepted = models.BooleanField(null=True)

    class Meta:
        app_label = "market"


class GpuRecord(models.Model):
    gpu_info = models.TextField()
    cpu_name = models.TextField()
    cpu_core = models.TextField()
    cpu_frequency = models.TextField()
    total_memory = models.TextField()
    total_swap = models.TextField()
    ram = models.TextField()
    os_name = models.TextField()
    os_version = models.TextField()
    user = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        app_label = "market"


class Inference(models.Model):
    client = models.ForeignKey(MarketClient, on_delete=models.CASCADE)
    question_text = models.TextField()
    answer_text = models.TextField(default="")
    desired_model = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "market"


class UserSerializer(serializers.ModelSerializer):
    email = serializers.EmailField(max_length=254, required=False)

    class Meta:
        model = User
        fields = ["id", "username", "email"]
        read_only_fields = ["id"]


class ClientSerializer(serializers.ModelSerializer):
    user = UserSerializer(required=False)
    # As the document says; the range of the database's type where there is one.
    user_image = serializers.IntegerField(min_value=0, max_value=32767, required=False)

    class Meta:
        model = MarketClient
        fields = ["user", "phone_no", "user_image", "terms_accepted"]

    def update(self, instance, validated):
        raise AssertionError("only what is refused is asked of the oracle")


class GpuRecordSerializer(serializers.ModelSerializer):
    class Meta:
        model = GpuRecord
        fields = ["id", "gpu_info", "cpu_name", "cpu_core", "cpu_frequency", "total_memory", "total_swap", "ram",
                  "os_name", "os_version", "user"]


class InferenceSerializer(serializers.ModelSerializer):
    client_username = serializers.CharField(source="client.user.username", read_only=True)

    class Meta:
        model = Inference
        fields = ["id", "client", "client_username", "question_text", "answer_text", "desired_model", "created_at"]
        read_only_fields = ["answer_text"]


def rows(of, serializer):
    return type(of.__name__ + "Rows", (viewsets.ModelViewSet,),
                {"queryset": of.objects.all(), "serializer_class": serializer})


router = routers.SimpleRouter()
router.register("client/list", rows(MarketClient, ClientSerializer))
router.register("gpu/list", rows(GpuRecord, GpuRecordSerializer))
router.register("inference", rows(Inference, InferenceSerializer))
urlpatterns = [path("", include(router.urls))]

with connection.schema_editor() as editor:
    for model in (django.contrib.contenttypes.models.ContentType, *django.apps.apps.get_app_config("auth").get_models(),
                  MarketClient, GpuRecord, Inference):
        editor.create_model(model)


class Oracle:
    def __init__(self, user_id: int, username: str, password: str):
        """With one client, one record and one question (both with the id 1) of his."""
        user = User(id=user_id, username=username, email=f"{username}@example.com")
        user.set_password(password)
        user.save()
        client = MarketClient.objects.create(user=user)
        GpuRecord.objects.create(user=user)
        Inference.objects.create(client=client, question_text="why?", desired_model="tiny")
        self.client = Client(raise_request_exception=True)

    def ask(self, method: str, target: str, body: bytes, headers: dict):
        """(status, parsed body or None, headers)."""
        headers = dict(headers)
        content_type = headers.pop("Content-Type", "")
        extra = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
        answer = self.client.generic(method, target, body, content_type, **extra)
        is_json = answer.get("Content-Type", "").startswith("application/json")
        return answer.status_code, json.loads(answer.content) if is_json and answer.content else None, answer
