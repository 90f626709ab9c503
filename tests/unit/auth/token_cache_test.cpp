#include "auth/token_cache.hpp"

#include <barrier>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/scripted_credential.hpp"

namespace iothub {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class TokenCacheTest : public testing::Test {
 protected:
  TokenCacheTest() {
    auto owned = std::make_unique<ScriptedCredential>();
    credential = owned.get();
    cache = std::make_unique<TokenCache>("default", std::move(owned), clock,
                                         [this](const TokenEvent& event) { events.push_back(event); });
  }

  // The token, or the message of the error.
  std::string ask() {
    const auto token = cache->token({});
    return token ? token->reveal() : token.error().message;
  }

  std::string after(const std::string& refused) {
    const auto token = cache->token_after(Secret(refused), {});
    return token ? token->reveal() : token.error().message;
  }

  FakeClock clock;
  ScriptedCredential* credential = nullptr;
  std::vector<TokenEvent> events;
  std::unique_ptr<TokenCache> cache;
};

TEST_F(TokenCacheTest, FetchesOnceAndKeepsTheTokenUntilFiveMinutesBeforeItsEnd) {
  for (int i = 0; i < 55; ++i) {
    EXPECT_EQ(ask(), "token-1");
    clock.advance(minutes{1});
  }
  EXPECT_EQ(ask(), "token-2");
  EXPECT_EQ(credential->fetches(), 2);
}

TEST_F(TokenCacheTest, RenewsALongLivedTokenAtHalfItsLife) {
  credential->will_give("long", hours{24});
  EXPECT_EQ(ask(), "long");
  clock.advance(hours{12} - seconds{1});
  EXPECT_EQ(ask(), "long");
  clock.advance(seconds{1});
  EXPECT_EQ(ask(), "token-2");
}

TEST_F(TokenCacheTest, RenewsWhenTheIssuerSaysSo) {
  credential->will_give("hinted", hours{1}, minutes{10});
  EXPECT_EQ(ask(), "hinted");
  clock.advance(minutes{10});
  EXPECT_EQ(ask(), "token-2");
}

TEST_F(TokenCacheTest, KeepsTheOldTokenWhenRenewalFailsBeforeItExpires) {
  credential->will_give("old", hours{1});
  EXPECT_EQ(ask(), "old");
  clock.advance(minutes{56});
  credential->will_fail({.kind = ErrorKind::network, .message = "no route"});
  EXPECT_EQ(ask(), "old");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(events.back().old_token_serves);
  EXPECT_EQ(ask(), "old") << "and does not ask again at once";
  EXPECT_EQ(credential->fetches(), 2);
  clock.advance(seconds{10});
  EXPECT_EQ(ask(), "token-3");
}

TEST_F(TokenCacheTest, AfterARefusalItDoesNotAskForAMinute) {
  credential->will_fail({.kind = ErrorKind::unauthorized, .message = "wrong client secret"});
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(ask(), "credential default: wrong client secret");
    clock.advance(seconds{1});
  }
  EXPECT_EQ(credential->fetches(), 1);
  EXPECT_EQ(ask(), "token-2");
}

TEST_F(TokenCacheTest, WaitsAsLongAsItWasAskedTo) {
  credential->will_fail({.kind = ErrorKind::throttled, .message = "busy", .retry_after = seconds{90}});
  EXPECT_EQ(ask(), "credential default: busy");
  clock.advance(seconds{89});
  EXPECT_EQ(ask(), "credential default: busy");
  clock.advance(seconds{1});
  EXPECT_EQ(ask(), "token-2");
}

TEST_F(TokenCacheTest, ARefusedTokenIsReplacedAndARefusedReplacementOnlyMuchLater) {
  EXPECT_EQ(ask(), "token-1");
  EXPECT_EQ(after("token-1"), "token-2");
  EXPECT_EQ(after("token-1"), "token-2") << "somebody else has replaced it already";
  EXPECT_EQ(after("token-2"), "token-2");
  clock.advance(minutes{14});
  EXPECT_EQ(after("token-2"), "token-2");
  clock.advance(minutes{1});
  EXPECT_EQ(after("token-2"), "token-3");
}

TEST_F(TokenCacheTest, ARefusedTokenServesTheOthersWhenThereIsNoNewOne) {
  EXPECT_EQ(ask(), "token-1");
  credential->will_fail({.kind = ErrorKind::server_error, .message = "Entra ID is down"});
  EXPECT_EQ(after("token-1"), "token-1");
  EXPECT_EQ(ask(), "token-1") << "one hub's refusal is not another's";
  EXPECT_EQ(credential->fetches(), 2);
}

TEST_F(TokenCacheTest, JumpsOfTheWallClockChangeNothing) {
  EXPECT_EQ(ask(), "token-1");
  clock.jump_wall(hours{24});
  EXPECT_EQ(ask(), "token-1");
  clock.jump_wall(-hours{72});
  EXPECT_EQ(ask(), "token-1");
}

TEST_F(TokenCacheTest, TellsWhenATokenExpiresAndWhenNoneCame) {
  credential->will_fail({.kind = ErrorKind::network, .message = "no route"});
  (void)ask();
  clock.advance(seconds{10});
  (void)ask();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].expires_at, std::nullopt);
  EXPECT_FALSE(events[0].old_token_serves);
  EXPECT_EQ(events[1].expires_at, FakeClock::kNoon + seconds{10} + hours{1});
  EXPECT_EQ(events[1].credential, "default");
}

TEST_F(TokenCacheTest, ACancelledFetchIsNeitherRememberedNorReported) {
  credential->will_fail({.kind = ErrorKind::cancelled, .message = "stopped"});
  EXPECT_EQ(ask(), "stopped");
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(ask(), "token-2");
  std::stop_source stop;
  stop.request_stop();
  clock.advance(hours{2});
  EXPECT_EQ(cache->token(stop.get_token()).error().kind, ErrorKind::cancelled);
  EXPECT_EQ(credential->fetches(), 2);
}

TEST_F(TokenCacheTest, ManyThreadsThatNeedATokenCauseOneFetch) {
  constexpr int kThreads = 8;
  std::barrier together(kThreads);
  std::vector<std::string> got(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, &together, &mine = got[static_cast<std::size_t>(i)]] {
        together.arrive_and_wait();
        mine = ask();
      });
    }
  }
  EXPECT_EQ(got, std::vector<std::string>(kThreads, "token-1"));
  EXPECT_EQ(credential->fetches(), 1);
}

TEST_F(TokenCacheTest, WhileOneThreadRenewsTheOthersUseTheOldToken) {
  EXPECT_EQ(ask(), "token-1");
  clock.advance(minutes{56});
  std::string meanwhile;
  credential->will_do([&](const std::stop_token&) -> Result<AccessToken> {
    std::jthread([&] { meanwhile = ask(); }).join();  // would wait for ever if it had to wait for us
    return AccessToken{.value = Secret("new"), .lifetime = hours{1}};
  });
  EXPECT_EQ(ask(), "new");
  EXPECT_EQ(meanwhile, "token-1");
}

TEST_F(TokenCacheTest, TellsByWhichMethodATokenCame) {
  credential->will_do([](const std::stop_token&) -> Result<AccessToken> {
    return AccessToken{.value = Secret("t"), .lifetime = hours{1}, .method = "managed_identity"};
  });
  EXPECT_EQ(ask(), "t");
  EXPECT_EQ(events.back().method, "managed_identity");
}

TEST_F(TokenCacheTest, AFailureThatItsObserverHasHeardOfIsMarkedAsTold) {
  credential->will_fail({.kind = ErrorKind::unauthorized, .message = "no"});
  for (int i = 0; i < 2; ++i) {  // the failure, and the memory of it
    const auto token = cache->token({});
    ASSERT_FALSE(token);
    EXPECT_TRUE(token.error().is_told);
  }
  EXPECT_EQ(events.size(), 1U);
}

}  // namespace
}  // namespace iothub
