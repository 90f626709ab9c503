#include "simulator/simulator.hpp"

#include <array>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <httplib.h>
#include <openssl/pem.h>

#include "simulator/test/assertion.hpp"

namespace azure_simulator {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::unique_ptr<Simulator> start(const std::string& faults = "") {
  auto simulator = Simulator::start(
      {.scenario = *load_scenario(faults + std::string(kWorld), "test"), .clock = [] { return kNoon; }});
  EXPECT_TRUE(simulator) << simulator.error();
  return *std::move(simulator);
}

X509_STORE* store_of(const std::string& pem) {
  BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, certificate);
  X509_free(certificate);
  BIO_free(memory);
  return store;
}

std::unique_ptr<httplib::SSLClient> client_of(const Simulator& simulator,
                                              const std::string& host = "127.0.0.1") {
  auto client = std::make_unique<httplib::SSLClient>(host, simulator.port());
  client->set_ca_cert_store(store_of(simulator.ca_pem()));  // which takes ownership
  client->enable_server_certificate_verification(true);
  return client;
}

TEST(Simulator, IsTrustedThroughItsAuthority) {
  const auto simulator = start();
  EXPECT_THAT(simulator->origin(), StartsWith("https://127.0.0.1:"));
  EXPECT_TRUE(client_of(*simulator)->Get("/metadata/endpoints"));
  EXPECT_TRUE(client_of(*simulator, "localhost")->Get("/metadata/endpoints"));
}

TEST(Simulator, IsNotTrustedWithoutItsAuthority) {
  const auto simulator = start();
  const auto other = start();
  httplib::SSLClient client("127.0.0.1", simulator->port());
  client.set_ca_cert_store(store_of(other->ca_pem()));
  const auto result = client.Get("/metadata/endpoints");
  EXPECT_EQ(result.error(), httplib::Error::SSLServerVerification);
}

TEST(Simulator, ServesTokensAndJobsFromOneOrigin) {
  const auto simulator = start();
  const auto client = client_of(*simulator);
  client->set_keep_alive(true);
  const auto token =
      client->Post("/" + std::string(kTenant) + "/oauth2/v2.0/token",
                   WorldFixture::form(kReader, "s~e.c%2Br%2Ft"), "application/x-www-form-urlencoded");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->status, 200);
  const std::size_t begin = token->body.find(R"(access_token":")") + 15;
  client->set_bearer_token_auth(token->body.substr(begin, token->body.find('"', begin) - begin));
  const auto jobs = client->Get(
      std::string(kSubscription) +
      "/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/red/jobs?api-version=2023-06-30");
  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->status, 200);
  EXPECT_EQ(jobs->get_header_value("Content-Type"), "application/json; charset=utf-8");
  EXPECT_THAT(jobs->body, HasSubstr(R"("nextLink":")" + simulator->origin() + "/subscriptions/"));
  EXPECT_EQ(simulator->service().request_counts().at("list_jobs"), 1U);
}

TEST(Simulator, ReadsLargeBodiesWhateverTheirContentType) {
  const auto simulator = start();
  const auto client = client_of(*simulator);
  for (const auto* type : {"application/x-www-form-urlencoded", "application/yaml"}) {
    const std::string comment = "#" + std::string(100'000, 'x');
    const auto good = client->Put("/simulator/faults", "[] " + comment, type);
    const auto bad = client->Put("/simulator/faults", comment + "\n[{action: teleport}]", type);
    ASSERT_TRUE(good && bad);
    EXPECT_EQ(good->status, 204) << type;
    EXPECT_EQ(bad->status, 400) << type;
    EXPECT_THAT(bad->body, StartsWith(R"({"error":"body:2:)")) << type;
  }
}

TEST(Simulator, KeepsAConnectionThroughBadProofsAndDatesItsAnswers) {
  const auto simulator = Simulator::start(
      {.scenario = *load_scenario(
           "tenants: [{id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162, clients: [{id: " + std::string(kCertified) +
               ", certificates: [" + quoted_pem(registered().certificate_pem) + "]}]}]",
           "test"),
       .clock = [] { return kNoon; }});
  ASSERT_TRUE(simulator) << simulator.error();
  const auto client = client_of(**simulator);
  client->set_keep_alive(true);
  const std::string path = "/" + std::string(kTenant) + "/oauth2/v2.0/token";
  Assertion assertion{.key = &unregistered(), .aud = (*simulator)->origin() + path};
  for (const int status : {401, 200}) {
    const auto answer =
        client->Post(path, assertion_form(assertion.text()), "application/x-www-form-urlencoded");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, status) << answer->body;
    EXPECT_EQ(answer->get_header_value("Date"), "Mon, 23 Nov 2026 12:00:00 GMT");
    assertion.key = &registered();
  }
}

TEST(Simulator, PacksAnswersForThoseWhoAcceptGzip) {
  const auto simulator = start();
  const auto client = client_of(*simulator);
  const auto plain = client->Get("/metadata/endpoints");
  const auto packed = client->Get("/metadata/endpoints", {{"Accept-Encoding", "br, gzip;q=0.5"}});
  ASSERT_TRUE(plain && packed);
  EXPECT_EQ(packed->get_header_value("Content-Encoding"), "gzip");
  EXPECT_EQ(packed->body, plain->body);
}

TEST(Simulator, DropsConnectionsOfFaultsThatClose) {
  const auto simulator = start("faults: [{operation: discovery, action: close, times: 1}]");
  const auto client = client_of(*simulator);
  EXPECT_FALSE(client->Get("/metadata/endpoints"));
  EXPECT_TRUE(client->Get("/metadata/endpoints"));
}

TEST(Simulator, BreaksOffTruncatedBodies) {
  const auto simulator = start("faults: [{operation: discovery, action: truncate}]");
  EXPECT_EQ(client_of(*simulator)->Get("/metadata/endpoints").error(), httplib::Error::Read);
}

TEST(Simulator, DripsABodyWithoutChangingIt) {
  const auto simulator = start("faults: [{operation: discovery, action: drip, interval: 0, times: 1}]");
  const auto slow = client_of(*simulator)->Get("/metadata/endpoints");
  const auto quick = client_of(*simulator)->Get("/metadata/endpoints");
  ASSERT_TRUE(slow && quick);
  EXPECT_EQ(slow->body, quick->body);
}

// Returns when `count` discovery requests have been counted.
void wait_for_requests(Simulator& simulator, std::uint64_t count) {
  while (simulator.service().request_counts()["discovery"] < count) {
    std::this_thread::yield();
  }
}

TEST(Simulator, AnswersOthersWhileOneHangsAndLetsGoWhenItStops) {
  const auto simulator = start("faults: [{operation: discovery, action: hang, times: 3}]");
  std::array<std::future<bool>, 3> hanging;
  for (auto& answer : hanging) {
    answer = std::async(std::launch::async,
                        [&] { return static_cast<bool>(client_of(*simulator)->Get("/metadata/endpoints")); });
  }
  wait_for_requests(*simulator, 3);
  EXPECT_TRUE(client_of(*simulator)->Get("/metadata/endpoints"));
  simulator->stop();
  for (auto& answer : hanging) {
    EXPECT_FALSE(answer.get());
  }
}

TEST(Simulator, StopsWhileAnAnswerIsDelayed) {
  const auto simulator = start("faults: [{operation: discovery, action: delay, delay: 1h}]");
  auto answer = std::async(std::launch::async, [&] {
    return static_cast<bool>(client_of(*simulator)->Get("/metadata/endpoints"));
  });
  wait_for_requests(*simulator, 1);
  simulator->stop();
  EXPECT_FALSE(answer.get());
}

TEST(Simulator, StopsWithAClientThatSaysNothing) {
  const auto simulator = start();
  const auto client = client_of(*simulator);
  client->set_keep_alive(true);
  EXPECT_TRUE(client->Get("/metadata/endpoints"));
  simulator->stop();
  EXPECT_FALSE(client->Get("/metadata/endpoints"));
}

TEST(Simulator, DoesNotShareItsPort) {
  const auto simulator = start();
  EXPECT_FALSE(Simulator::start({.scenario = {}, .port = simulator->port()}));
}

TEST(Simulator, RefusesAnAddressThatItCannotBind) {
  const auto simulator = Simulator::start({.scenario = {}, .host = "203.0.113.1"});
  ASSERT_FALSE(simulator);
  EXPECT_THAT(simulator.error(), StartsWith("cannot listen on 203.0.113.1:"));
}

}  // namespace
}  // namespace azure_simulator
